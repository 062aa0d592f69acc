// Digits as bytes on their way from the server to the page: an eighth of what they take as JSON.

import { tensor } from 'quadlane';

const SIZE = 28 * 28;
/** Of each digit: its label, then its pixels from 0 to 255, row by row. */
const RECORD = 1 + SIZE;

/**
 * @param {{ inputs: import('quadlane').Tensor, targets: number[] }} examples float32 `[N, 28, 28, 1]` from 0 to 1, labels
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function pack({ inputs, targets }) {
  const bytes = new Uint8Array(targets.length * RECORD);
  targets.forEach((label, index) => {
    bytes[index * RECORD] = label;
    for (let pixel = 0; pixel < SIZE; pixel++) {
      bytes[index * RECORD + 1 + pixel] = Math.round(255 * inputs.data[index * SIZE + pixel]);
    }
  });
  return bytes;
}

/** What `pack` was given, with 256 shades. */
export function unpack(bytes) {
  const count = bytes.length / RECORD;
  const pixels = new Float32Array(count * SIZE);
  for (let index = 0; index < count; index++) {
    const record = bytes.subarray(index * RECORD + 1, (index + 1) * RECORD);
    pixels.set(
      Float32Array.from(record, (value) => value / 255),
      index * SIZE,
    );
  }
  const targets = Array.from({ length: count }, (_, index) => bytes[index * RECORD]);
  return { inputs: tensor(pixels, [count, 28, 28, 1]), targets };
}
