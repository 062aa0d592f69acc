// Photos as image classifiers want them: the central square, made smaller without aliasing, channels first, from -1 to 1.

import { readFileSync } from 'node:fs';
import { decode as decodePng } from 'fast-png';
import { type Tensor, tensor } from '../../src/tensor.js';

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Channels side by side, red first. */
  readonly data: ArrayLike<number>;
  readonly channels: number;
}

/** Share of the shorter side that the square takes. */
const CENTRAL = 0.875;

/** What one row or column of a result is made of: weights of a triangle as wide as the step between results, on both sides. */
function triangle(start: number, length: number, count: number, extent: number): [index: number, weight: number][][] {
  const step = length / count;
  const reach = Math.max(1, step);
  return Array.from({ length: count }, (_, i) => {
    const center = start + (i + 0.5) * step;
    const first = Math.max(0, Math.ceil(center - reach - 0.5));
    const last = Math.min(extent - 1, Math.floor(center + reach - 0.5));
    const taps = Array.from({ length: last - first + 1 }, (_, at): [number, number] => {
      return [first + at, 1 - Math.abs(first + at + 0.5 - center) / reach];
    });
    const sum = taps.reduce((total, [, weight]) => total + weight, 0);
    return taps.map(([index, weight]): [number, number] => [index, weight / sum]);
  });
}

/** `[1, 3, size, size]`. */
export function classifierInput({ width, height, data, channels }: Picture, size: number): Tensor<'float32'> {
  const side = CENTRAL * Math.min(width, height);
  const columns = triangle((width - side) / 2, side, size, width);
  const rows = triangle((height - side) / 2, side, size, height);
  const numbers = new Float32Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    const narrow = (row: number) =>
      columns.map((taps) => taps.reduce((sum, [x, by]) => sum + by * data[(row * width + x) * channels + channel], 0));
    const lines = new Map<number, number[]>();
    rows.forEach((taps, y) => {
      for (const [row, by] of taps) {
        const line = lines.get(row) ?? narrow(row);
        lines.set(row, line);
        for (let x = 0; x < size; x++) numbers[(channel * size + y) * size + x] += by * line[x];
      }
    });
  }
  return tensor(
    numbers.map((value) => value / 127.5 - 1),
    [1, 3, size, size],
  );
}

const jpeg = '../packaging/hosts/node_modules/@jsquash/jpeg/';

/** The picture in a .jpg or .png file. */
export async function pictureAt(file: URL): Promise<Picture> {
  const bytes = readFileSync(file);
  if (file.pathname.endsWith('.png')) return decodePng(bytes);
  const { default: decode, init } = await import(/* @vite-ignore */ `${jpeg}decode.js`);
  const binary = new URL(`${jpeg}codec/dec/mozjpeg_dec.wasm`, import.meta.url);
  await init(await WebAssembly.compile(readFileSync(binary)));
  const { width, height, data } = await decode(new Uint8Array(bytes).buffer);
  return { width, height, data, channels: 4 };
}
