import { afterEach, expect, test, vi } from 'vitest';
import { utf8, utf8Decoder } from '../src/utf8.js';

afterEach(() => vi.unstubAllGlobals());

test.each(['with', 'without'])('text and its bytes, %s the classes of pages', (how) => {
  if (how === 'without') for (const name of ['TextDecoder', 'TextEncoder']) vi.stubGlobal(name, undefined);
  expect([...utf8('é€')]).toEqual([0xc3, 0xa9, 0xe2, 0x82, 0xac]);
  expect(utf8Decoder().decode(utf8('é€'))).toBe('é€');
  expect(() => utf8Decoder({ fatal: true }).decode(Uint8Array.of(0xff))).toThrow(TypeError);
});
