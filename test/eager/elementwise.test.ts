// Element-wise operators and reductions, each called by itself, against its reference.
import { beforeAll, describe, expect, it } from 'vitest';
import * as ops from '../../src/eager/index.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { expectWithin } from '../kernels/numbers.js';
import { erf } from '../reference/elementwise/activation.js';
import { binaryFunctions, broadcast } from '../reference/elementwise/binary.js';
import { comparisons } from '../reference/elementwise/compare.js';
import { scaleShift } from '../reference/elementwise/scaleShift.js';
import { reductions } from '../reference/reduction/reduce.js';

beforeAll(ops.ready);

const x = tensor([
  [0.5, 2.5, -1.25],
  [3, 1, 4],
]);
const row = tensor([1, 2.5, 3], [1, 3]);
const bools = (...values: number[]) => tensor(Uint8Array.from(values), [values.length], 'bool');

/** Fails unless `actual` is within 8 roundings of what is expected, relative. */
function expectFloats(actual: Tensor, shape: readonly number[], values: readonly number[]): void {
  expect([actual.dtype, actual.shape]).toEqual(['float32', shape]);
  expectWithin(
    actual.data as Float32Array,
    values,
    values.map((value) => Math.max(Math.abs(value), 1e-3)),
    8,
  );
}

describe('of one tensor', () => {
  const positive = ops.abs(x);
  it.each<[string, (x: Tensor) => Tensor, (value: number) => number]>([
    ['abs', ops.abs, Math.abs],
    ['neg', ops.neg, (value) => -value],
    ['exp', ops.exp, Math.exp],
    ['log', ops.log, Math.log],
    ['sqrt', ops.sqrt, Math.sqrt],
    ['reciprocal', ops.reciprocal, (value) => 1 / value],
    ['floor', ops.floor, Math.floor],
    ['ceil', ops.ceil, Math.ceil],
    ['round', ops.round, (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value))],
    ['sign', ops.sign, Math.sign],
    ['erf', ops.erf, erf],
    ['sin', ops.sin, Math.sin],
    ['cos', ops.cos, Math.cos],
  ])('%s', (name, call, rule) => {
    const input = name === 'log' || name === 'sqrt' ? positive : x;
    expectFloats(call(input), [2, 3], Array.from(input.data as Float32Array, rule));
  });

  it('identity and dropout give the values in a new tensor', () => {
    for (const same of [ops.identity(x), ops.dropout(x)]) {
      expectFloats(same, [2, 3], Array.from(x.data));
      expect(same.data.buffer).not.toBe(x.data.buffer);
    }
  });

  it('cast', () => {
    const whole = ops.cast(x, 'int32');
    expect([whole.dtype, Array.from(whole.data)]).toEqual(['int32', [0, 2, -1, 3, 1, 4]]);
    expect(Array.from(ops.cast(whole, 'bool').data)).toEqual([0, 1, 1, 1, 1, 1]);
  });
});

describe('of two tensors', () => {
  const wide = broadcast(row.data, [1, 3], [2, 3]);
  const pairs = (rule: (a: number, b: number) => number) => Array.from(x.data, (value, i) => rule(value, wide[i]));

  it.each([
    ['add', ops.add, 'add'],
    ['sub', ops.sub, 'sub'],
    ['mul', ops.mul, 'mul'],
    ['div', ops.div, 'div'],
    ['minimum', ops.minimum, 'min'],
    ['maximum', ops.maximum, 'max'],
    ['mod', ops.mod, 'mod'],
    ['remainder', ops.remainder, 'remainder'],
  ] as const)('%s', (_, call, rule) => {
    expectFloats(call(x, row), [2, 3], pairs(binaryFunctions[rule]));
  });

  it('pow', () => {
    const base = ops.abs(x);
    const values = Array.from(base.data as Float32Array, (value, i) => binaryFunctions.pow(value, wide[i]));
    expectFloats(ops.pow(base, row), [2, 3], values);
  });

  it.each([
    ['less', ops.less, 'less'],
    ['greater', ops.greater, 'greater'],
    ['equal', ops.equal, 'equal'],
    ['lessEqual', ops.lessEqual, 'lessOrEqual'],
    ['greaterEqual', ops.greaterEqual, 'greaterOrEqual'],
  ] as const)('%s', (_, call, rule) => {
    const holds = call(x, row);
    expect([holds.dtype, holds.shape]).toEqual(['bool', [2, 3]]);
    expect(Array.from(holds.data)).toEqual(pairs(comparisons[rule]));
  });

  it('logic', () => {
    const [a, b] = [bools(0, 0, 1, 1), bools(0, 1, 0, 1)];
    expect(Array.from(ops.logicalAnd(a, b).data)).toEqual([0, 0, 0, 1]);
    expect(Array.from(ops.logicalOr(a, b).data)).toEqual([0, 1, 1, 1]);
    expect(Array.from(ops.logicalXor(a, b).data)).toEqual([0, 1, 1, 0]);
    expect(Array.from(ops.logicalNot(a).data)).toEqual([1, 1, 0, 0]);
  });

  it('where', () => {
    expectFloats(ops.where(bools(1, 0, 1), x, row), [2, 3], [0.5, 2.5, -1.25, 3, 2.5, 4]);
  });

  it('scaleShift', () => {
    const [scale, shift] = [tensor([2, 3, 4]), tensor([1, 0, -1])];
    expectFloats(ops.scaleShift(x, scale, shift), [2, 3], scaleShift(x.data, scale.data, shift.data));
  });
});

describe('over axes', () => {
  const positive = tensor([
    [0.5, 2.5, 1.25],
    [3, 1, 4],
  ]);
  const [first, second] = [
    [0.5, 2.5, 1.25],
    [3, 1, 4],
  ];
  it.each([
    ['sum', ops.sum, 'sum'],
    ['mean', ops.mean, 'mean'],
    ['max', ops.max, 'max'],
    ['min', ops.min, 'min'],
    ['prod', ops.prod, 'prod'],
    ['l1Norm', ops.l1Norm, 'l1'],
    ['l2Norm', ops.l2Norm, 'l2'],
    ['sumSquare', ops.sumSquare, 'sumSquare'],
    ['logSum', ops.logSum, 'logSum'],
    ['logSumExp', ops.logSumExp, 'logSumExp'],
  ] as const)('%s', (_, call, rule) => {
    const of = reductions[rule];
    expectFloats(call(positive), [], [of([...first, ...second])]);
    expectFloats(call(positive, { axes: [-1] }), [2], [of(first), of(second)]);
    const columns = first.map((value, i) => of([value, second[i]]));
    expectFloats(call(positive, { axes: [0], keepDims: true }), [1, 3], columns);
  });
});
