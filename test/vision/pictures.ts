// Pictures for tests.

import { type Tensor, tensor } from '../../src/index.js';

/** The picture of test/fixtures/pillow/make.py. */
export function pictureByFormula(width: number, height: number, channels: number): Tensor<'uint8'> {
  const data = Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const c = at % channels;
    const x = Math.floor(at / channels) % width;
    const y = Math.floor(at / channels / width);
    return (7 * x + 13 * y + 29 * c) * (x + 2 * y + 3 * c + 1);
  });
  return tensor(data, [height, width, channels]);
}
