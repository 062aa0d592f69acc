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
  readonly node: Omit<NodeSpec, 'op' | 'outputs'> & Partial<Pick<NodeSpec, 'outputs'>>;
  readonly inputs: readonly Pick<Tensor, 'dtype' | 'shape' | 'data'>[];
  readonly output: readonly (number | bigint)[];
}

const floats = (shape: number[], ...values: number[]) =>
  ({ dtype: 'float32', shape, data: Float32Array.from(values) }) as const;
const int64 = (...values: bigint[]) =>
  ({ dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values) }) as const;

const uint8 = (shape: number[], ...values: number[]) =>
  ({ dtype: 'uint8', shape, data: Uint8Array.from(values) }) as const;
const bool = (shape: number[], ...values: number[]) =>
  ({ dtype: 'bool', shape, data: Uint8Array.from(values) }) as const;
const count = (value: bigint) => ({ dtype: 'int64', shape: [], data: BigInt64Array.of(value) }) as const;

const elementTypes: Readonly<Record<string, number>> = { float32: 1, uint8: 2, int64: 7, bool: 9 };

/** Integers that stand for themselves, with their scale and zero. */
const whole = (shape: number[], ...values: number[]) => [uint8(shape, ...values), ...itself];
const itself = [floats([], 1), uint8([], 0)];
/** A scale of 1 / 256 and its zero. */
const share = [floats([], 1 / 256), uint8([], 0)];
/** A state that doubles, and is put out. */
const twice = { op: 'Add', inputs: ['state', 'state'], outputs: ['next'] };
const logistic = 1 / (1 + Math.exp(-1));
/** One step of one unit; all weights are 1. */
const recurrent = (gates: number, output: number): Made => ({
  node: { attributes: { hidden_size: 1 } },
  inputs: [
    floats([1, 1, 1], 1),
    floats([1, gates, 1], ...new Array<number>(gates).fill(1)),
    floats([1, gates, 1], ...new Array<number>(gates).fill(1)),
  ],
  output: [output],
});

/** 3 and 4 by the root of the mean of their squares, the second twice. */
const magnitudes = (inputs: Made['inputs']): Made => ({
  node: { attributes: { epsilon: { float: 0 } } },
  inputs,
  output: [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)],
});
/** One pixel of two channels, and their difference. */
const channelsLast: Made = {
  node: {},
  inputs: [floats([1, 1, 1, 2], 5, 3), floats([1, 2, 1, 1], 1, -1)],
  output: [2],
};

/** Files for operators that no fixture has by itself. */
const made: Record<string, Made> = {
  Affine: {
    node: { attributes: { alpha: { float: 2 }, beta: { float: 1 } } },
    inputs: [floats([2], 1, -3)],
    output: [3, -5],
  },
  Crop: {
    node: { attributes: { border: [1, 0, 0, 1] } },
    inputs: [floats([1, 1, 2, 2], 1, 2, 3, 4)],
    output: [2],
  },
  ImageScaler: {
    node: { attributes: { scale: { float: 2 }, bias: { floats: [1, -1] } } },
    inputs: [floats([1, 2, 1, 1], 3, 4)],
    output: [7, 7],
  },
  ParametricSoftplus: {
    node: { attributes: { alpha: { float: 2 }, beta: { float: 3 } } },
    inputs: [floats([1], 0)],
    output: [2 * Math.LN2],
  },
  Scale: { node: { attributes: { scale: { float: 3 } } }, inputs: [floats([1], 2)], output: [6] },
  ScaledTanh: {
    node: { attributes: { alpha: { float: 2 }, beta: { float: 0.5 } } },
    inputs: [floats([1], 1)],
    output: [2 * Math.tanh(0.5)],
  },
  SimplifiedLayerNormalization: magnitudes([floats([1, 2], 3, 4), floats([2], 1, 2)]),
  'com.microsoft.BiasGelu': { node: {}, inputs: [floats([1, 1], 0.25), floats([1], 0.75)], output: [0.841344746] },
  'com.microsoft.FastGelu': { node: {}, inputs: [floats([1], 1)], output: [0.841191991] },
  'com.microsoft.FusedConv': {
    node: {
      inputs: ['a', 'b', '', 'c'],
      attributes: { activation: 'LeakyRelu', activation_params: { floats: [0.5] } },
    },
    inputs: [floats([1, 1, 1, 2], 1, 2), floats([1, 1, 1, 1], -2), floats([1, 1, 1, 2], 5, 2)],
    output: [3, -1],
  },
  'com.microsoft.FusedGemm': {
    node: { attributes: { activation: 'Relu', transB: 1 } },
    inputs: [floats([1, 2], 1, 2), floats([2, 2], 1, 1, -1, -1), floats([2], 1, 1)],
    output: [4, 0],
  },
  'com.microsoft.FusedMatMul': {
    node: { attributes: { alpha: { float: 0.5 }, transA: 1 } },
    inputs: [floats([2, 1], 1, 2), floats([2, 2], 1, 2, 3, 4)],
    output: [3.5, 5],
  },
  'com.microsoft.Gelu': { node: {}, inputs: [floats([1], 1)], output: [0.841344746] },
  'com.microsoft.NhwcConv': channelsLast,
  'com.microsoft.NhwcFusedConv': channelsLast,
  'com.microsoft.QuickGelu': { node: {}, inputs: [floats([1], 1)], output: [1 / (1 + Math.exp(-1.702))] },
  'com.microsoft.SimplifiedLayerNormalization': magnitudes([floats([1, 2], 3, 4), floats([2], 1, 2)]),
  'com.microsoft.SkipLayerNormalization': {
    node: {},
    inputs: [floats([1, 1, 2], 1, 2), floats([1, 1, 2], 1, 4), floats([2], 1, 2), floats([2], 5, 5)],
    output: [4, 7],
  },
  'com.microsoft.SkipSimplifiedLayerNormalization': magnitudes([
    floats([1, 2], 1, 1),
    floats([1, 2], 2, 3),
    floats([2], 1, 2),
  ]),
  'com.microsoft.DynamicQuantizeMatMul': {
    node: {},
    inputs: [floats([1, 2], 255, 0), uint8([2, 1], 1, 2), floats([1], 1)],
    output: [255],
  },
  'com.microsoft.MatMulIntegerToFloat': {
    node: {},
    inputs: [uint8([1, 2], 1, 2), uint8([2, 1], 3, 4), floats([1], 1), floats([1], 0.5)],
    output: [5.5],
  },
  'com.microsoft.NhwcMaxPool': {
    node: { attributes: { kernel_shape: [1, 2] } },
    inputs: [uint8([1, 1, 2, 1], 2, 4)],
    output: [4],
  },
  'com.microsoft.QGemm': {
    node: { inputs: ['a', 'b', 'c', 'd', 'e', 'f', '', 'g', 'h'] },
    inputs: [...whole([1, 2], 1, 2), ...whole([2, 1], 3, 4), ...itself],
    output: [11],
  },
  'com.microsoft.QLinearAdd': {
    node: {},
    inputs: [...whole([2], 1, 2), ...whole([2], 3, 4), ...itself],
    output: [4, 6],
  },
  'com.microsoft.QLinearAveragePool': {
    node: { attributes: { kernel_shape: [1, 2] } },
    inputs: [...whole([1, 1, 1, 2], 2, 4), ...itself],
    output: [3],
  },
  'com.microsoft.QLinearConcat': {
    node: { attributes: { axis: 0 } },
    inputs: [...itself, ...whole([2], 1, 2), ...whole([2], 3, 4)],
    output: [1, 2, 3, 4],
  },
  'com.microsoft.QLinearGlobalAveragePool': {
    node: {},
    inputs: [...whole([1, 1, 1, 2], 2, 4), ...itself],
    output: [3],
  },
  'com.microsoft.QLinearLeakyRelu': {
    node: { attributes: { alpha: { float: 0.5 } } },
    inputs: [uint8([2], 2, 6), floats([], 1), uint8([], 4), floats([], 1), uint8([], 4)],
    output: [3, 6],
  },
  'com.microsoft.QLinearMul': {
    node: {},
    inputs: [...whole([2], 1, 2), ...whole([2], 3, 4), ...itself],
    output: [3, 8],
  },
  'com.microsoft.QLinearReduceMean': {
    node: { attributes: { axes: [1] } },
    inputs: [...whole([1, 2], 2, 4), ...itself],
    output: [3],
  },
  'com.microsoft.QLinearSigmoid': { node: {}, inputs: [...whole([1], 0), ...share], output: [128] },
  'com.microsoft.QLinearSoftmax': {
    node: { attributes: { axis: 1, opset: 13 } },
    inputs: [...whole([1, 2], 5, 5), ...share],
    output: [128, 128],
  },
  'com.microsoft.QLinearWhere': {
    node: {},
    inputs: [bool([2], 1, 0), ...whole([2], 1, 2), ...whole([2], 3, 4), ...itself],
    output: [1, 4],
  },
  CastLike: { node: {}, inputs: [floats([2], 2.7, -2.7), int64(1n)], output: [2n, -2n] },
  Compress: { node: { attributes: { axis: 0 } }, inputs: [floats([3], 1, 2, 3), bool([3], 1, 0, 1)], output: [1, 3] },
  Einsum: {
    node: { attributes: { equation: 'ij,j->i' } },
    inputs: [floats([2, 2], 1, 2, 3, 4), floats([2], 1, 10)],
    output: [21, 43],
  },
  GRU: recurrent(3, (1 - logistic) * Math.tanh(1)),
  GlobalLpPool: { node: { attributes: { p: 2 } }, inputs: [floats([1, 1, 1, 2], 3, 4)], output: [5] },
  If: {
    node: {
      inputs: ['a'],
      attributes: {
        then_branch: { graph: { nodes: [{ op: 'Neg', inputs: ['b'], outputs: ['p'] }], outputs: ['p'] } },
        else_branch: { graph: { nodes: [{ op: 'Abs', inputs: ['b'], outputs: ['q'] }], outputs: ['q'] } },
      },
    },
    inputs: [bool([], 1), floats([2], 1, -2)],
    output: [-1, 2],
  },
  LSTM: recurrent(4, logistic * Math.tanh(logistic * Math.tanh(1))),
  Loop: {
    node: {
      inputs: ['a', '', 'b'],
      attributes: {
        body: {
          graph: {
            inputs: [
              { name: 'i', type: 7, shape: [] },
              { name: 'go', type: 9, shape: [] },
              { name: 'state', shape: [1] },
            ],
            outputs: ['go', 'next'],
            nodes: [twice],
          },
        },
      },
    },
    inputs: [count(3n), floats([1], 1)],
    output: [8],
  },
  Mod: { node: { attributes: { fmod: 1 } }, inputs: [floats([2], 5, -5), floats([2], 3, 3)], output: [2, -2] },
  NonZero: { node: {}, inputs: [floats([3], 0, 5, 6)], output: [1n, 2n] },
  RNN: recurrent(1, Math.tanh(1)),
  Scan: {
    node: {
      outputs: ['y', 'all'],
      attributes: {
        num_scan_inputs: 1,
        body: {
          graph: {
            inputs: [
              { name: 'state', shape: [1] },
              { name: 'entry', shape: [1] },
            ],
            outputs: ['next', 'entry'],
            nodes: [twice],
          },
        },
      },
    },
    inputs: [floats([1], 1), floats([3, 1], 5, 6, 7)],
    output: [8],
  },
  Scatter: { node: {}, inputs: [floats([3], 1, 2, 3), int64(2n, 0n), floats([2], 8, 9)], output: [9, 2, 8] },
  Unique: { node: {}, inputs: [floats([3], 3, 1, 3)], output: [1, 3] },
};

test('every operator has a file of its own', () => {
  const alone = listCases(fixtures).map(({ path }) => new Set(operatorsIn(join(fixtures, path))));
  const covered = new Set(alone.filter(({ size }) => size === 1).flatMap((operators) => [...operators]));
  expect([...importers.keys()].filter((name) => !covered.has(name)).sort()).toEqual(Object.keys(made).sort());
});

test.concurrent.each(Object.entries(made))('%s', async (name, { node, inputs, output }) => {
  const names = [...'abcdefghijkl'].slice(0, inputs.length);
  const values = names.map((input, at): ValueSpec => {
    const { dtype, shape } = inputs[at];
    return { name: input, type: elementTypes[dtype], shape: [...shape] };
  });
  const [op, ...domain] = name.split('.').reverse();
  const file = onnxFile({
    opset: op === 'Scatter' ? 9 : 15,
    domains: { 'com.microsoft': 1 },
    inputs: values,
    outputs: ['y'],
    nodes: [{ op, domain: domain.reverse().join('.'), inputs: names, outputs: ['y'], ...node }],
  });
  const [[{ data }]] = await fresh<Tensor[][]>('models.mjs', 'run', [file, [inputs]]);
  expect([...data]).toEqual(output.map((value) => (typeof value === 'number' ? expect.closeTo(value, 6) : value)));
});
