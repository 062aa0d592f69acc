// What a run computes with is what its inputs held when it was called, whenever it comes to read them.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel, loadModelSync, type Model, type RunOptions, ready, type Tensor, tensor } from '../../src/index.js';
import { onnxFile } from '../formats/onnx-file.js';
import { bitsOf } from '../runtime/threaded.js';

const lenet = readFileSync(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url));

/** The places of what lies above zero, and how often a sum over them finds it: planned in two stretches. */
const stretched = onnxFile({
  inputs: [{ name: 'image', shape: ['batch', 1, 28, 28] }],
  outputs: ['places', 'sum'],
  nodes: [
    { op: 'Relu', inputs: ['image'], outputs: ['positive'] },
    { op: 'NonZero', inputs: ['positive'], outputs: ['places'] },
    { op: 'Cast', inputs: ['places'], outputs: ['floats'], attributes: { to: 1 } },
    { op: 'ReduceSum', inputs: ['floats'], outputs: ['all'] },
    { op: 'Mul', inputs: ['image', 'all'], outputs: ['sum'] },
  ],
});

/** Inputs that a test writes over. */
function images(seed: number): { image: Tensor } {
  const data = Float32Array.from({ length: 3 * 784 }, (_, at) => (((at + seed) * 37) % 251) / 128 - 1);
  return { image: tensor(data, [3, 1, 28, 28]) };
}

function overwrite({ image }: { image: Tensor }): void {
  image.data.fill(Number.NaN as never);
}

const watched: [name: string, options: RunOptions][] = [
  ['signal', { signal: new AbortController().signal }],
  ['onStep', { onStep: () => {} }],
];

beforeAll(() => ready());

describe.each([
  ['one plan', lenet],
  ['two stretches', stretched],
])('%s', (_, file) => {
  describe.each([1, 3])('on %i threads: inputs are those of the call', (threads) => {
    const alone = (inputs: { image: Tensor }) => bitsOf(loadModelSync(file).runSync(inputs));
    const loaded = (): Promise<Model> => loadModel(file, { threads });

    it.each(watched)('with %s', async (_, options) => {
      const model = await loaded();
      expect(model.info.threads).toBe(threads);
      const given = images(1);
      const expected = alone(images(1));
      const running = model.run(given, options);
      overwrite(given);
      expect(bitsOf(await running)).toEqual(expected);
      model.dispose();
    });

    it.each([['nothing', {}], ...watched] as typeof watched)('with %s, behind a run under way', async (_, options) => {
      const model = await loaded();
      const [first, second] = [images(1), images(2)];
      const expected = [alone(images(1)), alone(images(2))];
      const runs = [model.run(first, { onStep: () => overwrite(second) }), model.run(second, options)];
      overwrite(first);
      overwrite(second);
      expect((await Promise.all(runs)).map(bitsOf)).toEqual(expected);
      model.dispose();
    });

    it('with nothing', async () => {
      const model = await loaded();
      const given = images(3);
      const running = model.run(given);
      overwrite(given);
      expect(bitsOf(await running)).toEqual(alone(images(3)));
      model.dispose();
    });

    it('where they lie in the model’s own memory', async () => {
      const model = await loaded();
      await model.run(images(0));
      const data = model.inputs.image.data as Float32Array;
      data.set(images(4).image.data as Float32Array);
      const given = { image: tensor(data, [3, 1, 28, 28]) };
      const runs = [model.run(given, { onStep: () => {} }), model.run(given)];
      overwrite(given);
      const expected = alone(images(4));
      expect((await Promise.all(runs)).map(bitsOf)).toEqual([expected, expected]);
      model.dispose();
    });
  });
});
