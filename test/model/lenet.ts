// The example network and one real digit for it, with the logits that PyTorch computed.
import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { expect } from 'vitest';
import type { Model } from '../../src/model/model.js';
import { type Tensor, tensor } from '../../src/tensor.js';

const at = (path: string) => new URL(`../../examples/${path}`, import.meta.url);

export const lenetBytes = new Uint8Array(readFileSync(at('models/lenet5-mnist.onnx')));

const labels = JSON.parse(readFileSync(at('digits/labels.json'), 'utf8')) as Record<string, { logits: number[] }>;
const { data } = decode(readFileSync(at('digits/7-0.png')));

/** Logits of `digit`. */
export const expectedLogits = labels['7-0.png'].logits;

/** The digit `batch` times. */
export function digit(batch = 1): Tensor<'float32'> {
  const one = Float32Array.from(data, (pixel) => pixel / 255);
  const all = new Float32Array(batch * one.length);
  for (let image = 0; image < batch; image++) all.set(one, image * one.length);
  return tensor(all, [batch, 1, 28, 28]);
}

/** Fails unless every row of `logits` is as PyTorch has it, up to its five digits. */
export function expectLogits(logits: Tensor): void {
  expect(logits.shape).toEqual([logits.size / 10, 10]);
  Array.from(logits.data as Float32Array).forEach((logit, i) => {
    expect(Math.abs(logit - expectedLogits[i % 10])).toBeLessThan(1e-4);
  });
}

/** Fails unless a model of this network still works. */
export function expectWorks(model: Model): void {
  expectLogits(model.runSync({ image: digit() }).logits);
}
