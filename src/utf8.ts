// Text and its bytes. A window of jsdom lacks the classes for it; the process it lies in has them.

import { builtIn } from './builtIn.js';

const classes = (): Pick<typeof globalThis, 'TextDecoder' | 'TextEncoder'> =>
  typeof TextDecoder === 'undefined' ? builtIn('node:util')! : globalThis;

/** What reads UTF-8, as `new TextDecoder('utf-8', options)`. */
export function utf8Decoder(options?: TextDecoderOptions): TextDecoder {
  return new (classes().TextDecoder)('utf-8', options);
}

/** The bytes of `text` in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new (classes().TextEncoder)().encode(text);
}
