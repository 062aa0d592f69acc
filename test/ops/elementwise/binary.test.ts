import fc from 'fast-check';
import { describe, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { binaryFunctions, broadcast, integerFunctions } from '../../reference/elementwise/binary.js';
import { checkOperator } from '../check.js';
import { big, types, type Whole, whole } from '../integers.js';
import { atLeastOne, EDGES, random } from '../values.js';

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
    op: 'binary',
    inputs: [a, b],
    attributes: { operation },
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

const bounds: Record<Whole, bigint[]> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  int8: [-128n, 127n],
  uint8: [0n, 255n],
};

describe.each(types)('binary of %s', (dtype) => {
  const values = [...bounds[dtype], 0n, 1n, 2n, 7n, ...(dtype === 'uint8' ? [] : [-1n, -2n, -7n])];

  it.each(Object.keys(binaryFunctions) as (keyof typeof binaryFunctions)[])('%s of all pairs', (operation) => {
    const exponents = [0n, 1n, 2n, 7n, ...(dtype === 'uint8' ? [] : [-1n, -2n])];
    const others = operation === 'pow' ? exponents : values;
    const [a, b] = [whole(dtype, values, [values.length, 1]), whole(dtype, others)];
    const results = big(a).flatMap((x) => big(b).map((y) => integerFunctions[operation](x, y)));
    const shape = [values.length, others.length];
    checkOperator({
      op: 'binary',
      inputs: [a, b],
      attributes: { operation },
      expected: { shape, values: whole(dtype, results, shape).data, roundings: 0 },
    });
  });
});

it('raises floats to integers and integers to floats', () => {
  const expected = { shape: [3], values: [1, 32, 729], roundings: 0 };
  const [floats, int32s] = [Float32Array.of(1, 2, 3), Int32Array.of(1, 2, 3)];
  for (const exponents of [BigInt64Array.of(4n, 5n, 6n), Int32Array.of(4, 5, 6), Float32Array.of(4, 5, 6)]) {
    for (const bases of [floats, int32s]) {
      const inputs = [tensor(bases), tensor(exponents)];
      checkOperator({ op: 'binary', inputs, attributes: { operation: 'pow' }, expected });
    }
  }
});
