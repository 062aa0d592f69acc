// The handwritten digits of the examples, and the LeNet-5 that knows them.

import { readdirSync, readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { type Tensor, tensor } from '../../src/tensor.js';

const at = (path: string) => new URL(`../../examples/${path}`, import.meta.url);

export const lenetBytes = new Uint8Array(readFileSync(at('models/lenet5-mnist.onnx')));

const names = readdirSync(at('digits')).filter((name) => name.endsWith('.png'));

/** What each digit is. */
export const labels = names.map((name) => Number(name[0]));

/** `[1, 1, 28, 28]` each. */
export const digits: readonly Tensor<'float32'>[] = names.map((name) => {
  const { data } = decode(readFileSync(at(`digits/${name}`)));
  return tensor(
    Float32Array.from(data, (pixel) => pixel / 255),
    [1, 1, 28, 28],
  );
});

/** Place of the largest element. */
export function argMax({ data }: Tensor): number {
  return (data as Float32Array).reduce((best, value, i) => (value > Number(data[best]) ? i : best), 0);
}
