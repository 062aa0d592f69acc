// Every ONNX operator that quadlane imports alone: as the only kind of node in a file of its own, in a fresh module instance
// of the built package. models.test.ts runs those files that are fixtures.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { importers } from '../../src/formats/onnx/importers.js';
import type { Tensor } from '../../src/tensor.js';
import { listCases, operatorsIn } from '../conformance/case.js';
import { type NodeSpec, onnxFile, type ValueSpec } from '../formats/onnx-file.js';
import { fresh } from './fresh.js';

const fixtures = fileURLToPath(new URL('../fixtures/golden', import.meta.url));

interface Made {
  /** Inputs are a, b, ..., the output is y. */
  readonly node: Omit<NodeSpec, 'op' | 'outputs'>;
  readonly inputs: readonly Pick<Tensor, 'dtype' | 'shape' | 'data'>[];
  readonly output: readonly (number | bigint)[];
}

const floats = (shape: number[], ...values: number[]) =>
  ({ dtype: 'float32', shape, data: Float32Array.from(values) }) as const;
const int64 = (...values: bigint[]) =>
  ({ dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values) }) as const;

/** Files for operators that no fixture has by itself. */
const made: Record<string, Made> = {
  CastLike: { node: {}, inputs: [floats([2], 2.7, -2.7), int64(1n)], output: [2n, -2n] },
  Einsum: {
    node: { attributes: { equation: 'ij,j->i' } },
    inputs: [floats([2, 2], 1, 2, 3, 4), floats([2], 1, 10)],
    output: [21, 43],
  },
  GlobalLpPool: { node: { attributes: { p: 2 } }, inputs: [floats([1, 1, 1, 2], 3, 4)], output: [5] },
  Mod: { node: { attributes: { fmod: 1 } }, inputs: [floats([2], 5, -5), floats([2], 3, 3)], output: [2, -2] },
  Scatter: { node: {}, inputs: [floats([3], 1, 2, 3), int64(2n, 0n), floats([2], 8, 9)], output: [9, 2, 8] },
};

test('every operator has a file of its own', () => {
  const alone = listCases(fixtures).map(({ path }) => new Set(operatorsIn(join(fixtures, path))));
  const covered = new Set(alone.filter(({ size }) => size === 1).flatMap((operators) => [...operators]));
  expect([...importers.keys()].filter((name) => !covered.has(name)).sort()).toEqual(Object.keys(made).sort());
});

test.concurrent.each(Object.entries(made))('%s', async (op, { node, inputs, output }) => {
  const names = [...'abc'].slice(0, inputs.length);
  const values = names.map((name, at): ValueSpec => {
    const { dtype, shape } = inputs[at];
    return { name, type: dtype === 'int64' ? 7 : 1, shape: [...shape] };
  });
  const file = onnxFile({
    opset: op === 'Scatter' ? 9 : 15,
    inputs: values,
    outputs: ['y'],
    nodes: [{ op, inputs: names, outputs: ['y'], ...node }],
  });
  const [[{ data }]] = await fresh<Tensor[][]>('models.mjs', 'run', [file, [inputs]]);
  expect([...data]).toEqual(output);
});
