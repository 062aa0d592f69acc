// ONNX operators that the reader writes out as others, run.
import { beforeAll, expect, it } from 'vitest';
import { loadModelSync, ready } from '../../src/model/load.js';
import { tensor } from '../../src/tensor.js';
import { type NodeSpec, onnxFile } from './onnx-file.js';

beforeAll(ready);

function run(op: string, shape: number[], values: number[], attributes: NodeSpec['attributes'], opset = 18) {
  const nodes = [{ op, inputs: ['x'], outputs: ['y'], attributes }];
  const model = loadModelSync(onnxFile({ inputs: [{ name: 'x', shape }], outputs: ['y'], nodes, opset }));
  const { y } = model.runSync({ x: tensor(values, shape) });
  return { shape: y.shape, values: [...y.data].map((value) => Math.fround(Number(value))) };
}

const near = (values: number[]) => values.map((value) => expect.closeTo(value, 5));

it('GlobalLpPool, with any exponent', () => {
  const map = [3, -4, 0, 0, 1, 2, -2, 4];
  expect(run('GlobalLpPool', [1, 2, 2, 2], map, {}).values).toEqual(near([5, 5]));
  expect(run('GlobalLpPool', [1, 2, 2, 2], map, { p: 1 }).values).toEqual(near([7, 9]));
  expect(run('GlobalLpPool', [1, 2, 2, 2], map, { p: 3 })).toEqual({
    shape: [1, 2, 1, 1],
    values: near([91 ** (1 / 3), 81 ** (1 / 3)]),
  });
});

it('LpNormalization leaves what has no norm at zero', () => {
  expect(run('LpNormalization', [2, 2], [3, 4, 0, 0], {}).values).toEqual(near([0.6, 0.8, 0, 0]));
  expect(run('LpNormalization', [2, 2], [3, -1, 0, 0], { p: 1, axis: 0 }).values).toEqual(near([1, -1, 0, 0]));
});

it('MeanVarianceNormalization over images and space', () => {
  expect(run('MeanVarianceNormalization', [2, 1, 1, 2], [1, 3, 5, 7], {}).values).toEqual(
    near([-3, -1, 1, 3].map((value) => value / Math.sqrt(5))),
  );
});

it('Softmax of no elements, flattened to a matrix', () => {
  expect(run('Softmax', [2, 3, 0, 1], [], { axis: 1 }, 11)).toEqual({ shape: [2, 3, 0, 1], values: [] });
});

it('Upsample with its scales as an attribute', () => {
  const scales = { floats: [1, 1, 1, 2] };
  expect(run('Upsample', [1, 1, 1, 2], [1, 2], { scales, mode: 'nearest' }, 7)).toEqual({
    shape: [1, 1, 1, 4],
    values: [1, 1, 2, 2],
  });
});
