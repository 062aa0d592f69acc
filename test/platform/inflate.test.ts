// Raw deflate: what zlib writes is read back, and damaged data end in an error, never in a loop or in other bytes of a wrong
// number.

import { constants, deflateRawSync } from 'node:zlib';
import { array, assert, constantFrom, integer, property, record, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inflate } from '../../src/platform/inflate.js';

/** Bytes with repetitions, near ones and far ones. */
const content = array(record({ bytes: uint8Array({ maxLength: 300 }), times: integer({ min: 1, max: 400 }) }), {
  maxLength: 8,
}).map((parts) =>
  Buffer.concat(parts.flatMap(({ bytes, times }) => Array(times).fill(Buffer.from(bytes)) as Buffer[])),
);

const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE];

describe('inflate', () => {
  test('gives back what zlib deflates, at all levels and by all strategies', () => {
    const writing = record({ level: integer({ min: 0, max: 9 }), strategy: constantFrom(...strategies) });
    assert(
      property(content, writing, (bytes, options) => {
        const read = inflate(deflateRawSync(bytes, options), bytes.length);
        expect(Buffer.compare(Buffer.from(read), bytes)).toBe(0);
      }),
    );
  });

  test('reads matches as far back and as long as there are', () => {
    const random = Uint8Array.from({ length: 32_768 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24);
    const bytes = Buffer.concat([random, random, Buffer.alloc(258), Buffer.alloc(100_000)]);
    expect(Buffer.from(inflate(deflateRawSync(bytes, { level: 9 }), bytes.length)).equals(bytes)).toBe(true);
  });

  test('refuses data of another length', () => {
    const deflated = deflateRawSync(Buffer.from('quadlane, quadlane, quadlane'));
    expect(() => inflate(deflated, 27)).toThrow(RangeError);
    expect(() => inflate(deflated, 29)).toThrow(RangeError);
    expect(() => inflate(deflated.subarray(0, -6), 28)).toThrow(RangeError);
  });

  test('ends with a RangeError or the right number of bytes, whatever it reads', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), integer({ min: 0, max: 1000 }), (bytes, length) => {
        try {
          expect(inflate(bytes, length)).toHaveLength(length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
