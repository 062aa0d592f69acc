// quadlane/decode: from the bytes of a picture file to the picture.

export { type DecodeOptions, type DecoderModules, decodeImage } from './decodeImage.js';
export type { ImageKind } from './header.js';
