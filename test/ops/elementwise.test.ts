import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/ops/operator.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';
import { type ActivationName, activations, erf } from '../reference/activation.js';
import { binaryFunctions, broadcast, unaryFunctions } from '../reference/elementwise.js';
import { softmax } from '../reference/softmax.js';
import { checkOperator, compiled, runWatched } from './check.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const EDGES = [0, 1, 3, 4, 5, 7, 8, 9, 13];
const SHAPES = [...EDGES.map((extent) => [extent]), [], [3, 5], [2, 3, 4], [1, 3, 4, 5], [2, 1, 3, 2, 7]];

function random(shape: readonly number[], low = -1, high = 1): Tensor<'float32'> {
  const unit = randomFloats(sizeOf(shape) + shape.length)(sizeOf(shape));
  return tensor(
    unit.map((value) => low + ((value + 1) / 2) * (high - low)),
    shape,
  );
}

/** Results of size 1 and below are off by so many roundings of 1. */
const atLeastOne = (values: ArrayLike<number>) => Array.from(values, (value) => Math.max(1, Math.abs(value)));

describe('activation, error within 8 roundings of max(1, |y|)', () => {
  const parameters: Partial<Record<ActivationName, Attributes>> = {
    clip: { alpha: -0.5, beta: 2 },
    leakyRelu: { alpha: 0.1 },
    elu: { alpha: 0.7 },
    selu: { alpha: 1.67, beta: 1.05 },
    celu: { alpha: 1.3 },
    hardSigmoid: { alpha: 0.2, beta: 0.5 },
    thresholdedRelu: { alpha: 0.3 },
  };

  it.each(Object.keys(activations) as ActivationName[])('%s', (activation) => {
    const { alpha = 0, beta = 0 } = (parameters[activation] ?? {}) as { alpha?: number; beta?: number };
    for (const shape of [[13], [0], [2, 3, 4, 5]]) {
      const x = random(shape, -6, 6);
      const values = Array.from(x.data, (value) =>
        activations[activation](value, Math.fround(alpha), Math.fround(beta)),
      );
      checkOperator({
        ...{ op: 'activation', inputs: [x], attributes: { activation, alpha, beta } },
        expected: { shape, values, magnitude: atLeastOne(values), roundings: 8 },
      });
    }
  });

  it.each(SHAPES.map((shape) => [shape.join(), shape] as const))('of shape [%s]', (_, shape) => {
    const x = random(shape, -6, 6);
    const values = Array.from(x.data, (value) => Math.max(0, value));
    checkOperator({
      ...{
        op: 'activation',
        inputs: [x],
        attributes: { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY },
      },
      expected: { shape, values, roundings: 0 },
    });
  });
});

describe('unary, error within 8 roundings of max(1, |y|)', () => {
  it.each(Object.entries({ ...unaryFunctions, erf }))('%s', (operation, rule) => {
    for (const shape of [[1], [9], [2, 3, 5]]) {
      const x = operation === 'log' || operation === 'sqrt' ? random(shape, 0.1, 5) : random(shape, -5, 5);
      const values = Array.from(x.data, rule);
      checkOperator({
        ...{ op: 'unary', inputs: [x], attributes: { operation } },
        expected: { shape, values, magnitude: atLeastOne(values), roundings: 8 },
      });
    }
  });

  it.each(SHAPES.map((shape) => [shape.join(), shape] as const))('of shape [%s]', (_, shape) => {
    const x = random(shape);
    const values = Array.from(x.data, (value) => -value);
    checkOperator({
      op: 'unary',
      inputs: [x],
      attributes: { operation: 'neg' },
      expected: { shape, values, roundings: 0 },
    });
  });
});

/** `a` and `b` under one rank. */
function checkBinary(operation: keyof typeof binaryFunctions, from: readonly number[], to: readonly number[]): void {
  const positive = operation === 'pow' || operation === 'div';
  const [a, b] = [random(from, positive ? 0.5 : -2, 2), random(to, positive ? 0.5 : -2, 3)];
  const rank = Math.max(from.length, to.length);
  const [wideA, wideB] = [from, to].map((shape) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = wideA.map((extent, axis) => (extent === 1 ? wideB[axis] : extent));
  const right = broadcast(b.data, wideB, shape);
  const values = broadcast(a.data, wideA, shape).map((value, i) => binaryFunctions[operation](value, right[i]));
  const roundings = operation === 'pow' ? 8 : 1;
  checkOperator({
    ...{ op: 'binary', inputs: [a, b], attributes: { operation } },
    expected: { shape, values, magnitude: atLeastOne(values), roundings },
  });
}

describe('binary, error within 1 rounding (pow 8)', () => {
  it.each(Object.keys(binaryFunctions) as (keyof typeof binaryFunctions)[])('%s', (operation) => {
    for (const extent of EDGES) checkBinary(operation, [2, extent], [2, extent]);
  });

  it.each([
    [[2, 3, 4], [4]],
    [[4], [2, 3, 4]],
    [
      [2, 1, 5],
      [3, 1],
    ],
    [[3, 5], []],
    [[], [3, 5]],
    [[1, 4, 4, 9], [9]],
    [
      [2, 4, 4, 3],
      [2, 1, 1, 3],
    ],
    [
      [2, 3, 4, 5],
      [2, 3, 4, 1],
    ],
    [[1, 1], [1]],
    [[0, 3], [3]],
    [
      [0, 3],
      [1, 1],
    ],
  ])('broadcast %j and %j', (a, b) => {
    checkBinary('sub', a, b);
    checkBinary('mul', a, b);
  });

  it('anything that broadcasts', () => {
    const shapes = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 5 })
      .chain((axes) => fc.tuple(fc.constant(axes), fc.nat(axes.length), fc.nat(axes.length)))
      .map(([axes, a, b]) => [
        axes.map(([extent, stretched]) => (stretched ? 1 : extent)).slice(a),
        axes.map(([extent, , stretched]) => (stretched ? 1 : extent)).slice(b),
      ]);
    fc.assert(
      fc.property(shapes, ([a, b]) => checkBinary('sub', a, b)),
      { numRuns: 20 },
    );
  });
});

describe('softmax, error within 16 roundings of max(1, |y|)', () => {
  const cases = [...EDGES.map((extent) => [3, extent]), ...EDGES.map((extent) => [extent, 3]), [2, 3, 4, 5]];
  it.each(cases.map((shape) => [shape.join(), shape] as const))('of shape [%s] along every axis', (_, shape) => {
    const x = random(shape, -10, 10);
    shape.forEach((extent, axis) => {
      for (const log of [false, true]) {
        const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
        const values = softmax(x.data, outer, extent, inner, log);
        checkOperator({
          ...{ op: 'softmax', inputs: [x], attributes: { axis: axis === 0 ? 0 : axis - shape.length, log } },
          expected: { shape, values, magnitude: atLeastOne(values), roundings: 16 },
        });
      }
    });
  });

  it('is between 0 and 1, sums to 1, also of huge numbers', () => {
    const x = tensor(Float32Array.of(1e30, -1e30, 0, 88, -88, 1e30, 0, 1), [2, 4]);
    const node = { name: 'softmax', op: 'softmax', inputs: ['x'], outputs: ['y'], attributes: { axis: -1 } };
    const graph = {
      inputs: [{ name: 'x', dtype: 'float32', shape: [2, 4] }] as const,
      outputs: ['y'],
      nodes: [node],
      constants: new Map(),
    };
    const [y] = runWatched(compiled(graph, { x }), { x }, 'strict');
    expect(Array.from<number | bigint>(y.data).every((value) => Number(value) >= 0 && Number(value) <= 1)).toBe(true);
    for (const row of [0, 4]) {
      const sum = Array.from<number | bigint>(y.data.slice(row, row + 4)).reduce<number>(
        (total, value) => total + Number(value),
        0,
      );
      expect(sum).toBeCloseTo(1, 6);
    }
  });
});

describe('batchNorm, error within 16 roundings of the sum of its parts', () => {
  it.each(
    [
      [1, 13],
      [4, 3],
      [0, 4],
      [2, 3, 4],
      [1, 5, 4, 8],
      [1, 2, 3, 2, 9],
    ].map((shape) => [shape.join(), shape] as const),
  )('of shape [%s]', (_, shape) => {
    const channels = shape.at(-1)!;
    const x = random(shape, -3, 3);
    const [scale, shift, mean] = [random([channels], 0.5, 2), random([channels], -1, 1), random([channels], -2, 2)];
    const variance = random([channels], 0.25, 4);
    const parts = Array.from(x.data, (value, i) => {
      const c = i % channels;
      const factor = scale.data[c] / Math.sqrt(variance.data[c] + 1e-3);
      return {
        y: (value - mean.data[c]) * factor + shift.data[c],
        size: (Math.abs(value) + Math.abs(mean.data[c])) * factor + 1,
      };
    });
    checkOperator({
      ...{ op: 'batchNorm', inputs: [x, scale, shift, mean, variance], attributes: { epsilon: 1e-3 } },
      expected: { shape, values: parts.map(({ y }) => y), magnitude: parts.map(({ size }) => size), roundings: 16 },
    });
  });
});
