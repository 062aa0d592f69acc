// Pictures turned as they were held.

import type { Pixels } from '../vision/picture.js';

/** EXIF's number: 1 as it is, 2 mirrored, 3 by 180 degrees, 4 both; 5 to 8 the same with rows and columns exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Which ends are exchanged in what is stored, before rows become columns where they do. */
const flips: Readonly<Record<Orientation, readonly [rows: boolean, columns: boolean]>> = {
  1: [false, false],
  2: [false, true],
  3: [true, true],
  4: [true, false],
  5: [false, false],
  6: [true, false],
  7: [true, true],
  8: [false, true],
};

/** A picture of four channels the way up that `orientation` says. */
export function upright(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels;
  const { data, height, width, channels } = pixels;
  const [flipsRows, flipsColumns] = flips[orientation];
  const isTransposed = orientation >= 5;
  const source = new Uint32Array(data.buffer, data.byteOffset, height * width);
  const result = new Uint32Array(height * width);
  const [rowStep, columnStep] = isTransposed ? [1, height] : [width, 1];
  for (let row = 0; row < height; row++) {
    const start = (flipsRows ? height - 1 - row : row) * rowStep;
    for (let column = 0; column < width; column++) {
      result[start + (flipsColumns ? width - 1 - column : column) * columnStep] = source[row * width + column];
    }
  }
  const size = isTransposed ? { height: width, width: height } : { height, width };
  return { data: new Uint8Array(result.buffer), ...size, channels };
}
