import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/plan/planner.js';
import { WeightStore } from '../../../src/plan/weights.js';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';
import { matmul } from '../../reference/matmul/matmul.js';
import { checkOperator, specialized } from '../check.js';

interface MatmulCase {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly bias?: boolean;
  readonly residual?: boolean;
}

const absolute = (values: ArrayLike<number>) => Array.from(values, Math.abs);

/** A `[rows, columns]` matrix, or its transpose. */
function matrix(values: ArrayLike<number>, at: number, rows: number, columns: number, transposed: boolean): number[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return values[at + (transposed ? column * rows + row : i)];
  });
}

/** Which matrix of an operand with these batch axes belongs to batch index `index` of `batch`. */
function batchPlace(own: readonly number[], batch: readonly number[], index: number): number {
  let place = 0;
  let unit = 1;
  for (let axis = batch.length - 1, rest = index; axis >= 0; axis--) {
    const at = rest % batch[axis];
    rest = (rest - at) / batch[axis];
    const extent = own[axis - batch.length + own.length] ?? 1;
    if (extent > 1) place += at * unit;
    unit *= extent;
  }
  return place;
}

function checkMatmul({
  a,
  b,
  transposeA = false,
  transposeB = false,
  bias = false,
  residual = false,
}: MatmulCase): void {
  const random = randomFloats(a.length * 31 + sizeOf(b));
  const make = (shape: readonly number[]): Tensor<'float32'> => tensor(random(sizeOf(shape)), shape);
  const [left, right] = [make(a), make(b)];
  const asMatrix = [a.length === 1 ? [1, a[0]] : a, b.length === 1 ? [b[0], 1] : b];
  const [m, k] = transposeA ? asMatrix[0].slice(-2).reverse() : asMatrix[0].slice(-2);
  const n = asMatrix[1].at(transposeB ? -2 : -1)!;
  const batches = asMatrix.map((shape) => shape.slice(0, -2));
  const rank = Math.max(batches[0].length, batches[1].length);
  const batch = Array.from({ length: rank }, (_, axis) => {
    const extents = batches.map((own) => own[axis - rank + own.length] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
  const biases = bias ? make([n]) : undefined;
  const shape = [...batch, ...(a.length === 1 ? [] : [m]), ...(b.length === 1 ? [] : [n])];
  const added = residual ? make(shape) : undefined;
  const values: number[] = [];
  const magnitude: number[] = [];
  for (let index = 0; index < sizeOf(batch); index++) {
    const x = matrix(left.data, batchPlace(batches[0], batch, index) * m * k, m, k, transposeA);
    const y = matrix(right.data, batchPlace(batches[1], batch, index) * k * n, k, n, transposeB);
    values.push(...matmul(x, y, biases?.data ?? null, m, k, n));
    magnitude.push(...matmul(absolute(x), absolute(y), biases ? absolute(biases.data) : null, m, k, n));
  }
  checkOperator({
    op: 'matmul',
    inputs: [left, right, biases, added].slice(0, residual ? 4 : bias ? 3 : 2),
    attributes: { transposeA, transposeB },
    expected: {
      shape,
      values: values.map((value, i) => value + (added?.data[i] ?? 0)),
      magnitude: magnitude.map((value, i) => value + Math.abs(added?.data[i] ?? 0)),
      roundings: k + 4,
    },
  });
}

const name = ({ a, b, ...rest }: MatmulCase) => `[${a}] x [${b}] ${Object.keys(rest).join(', ')}`;
const each = (cases: MatmulCase[]) => it.each(cases.map((test) => [name(test), test] as const));
const EDGES = [1, 3, 4, 5, 7, 8, 9, 13];

describe('matmul, error within K + 4 roundings of the sum of |a b|', () => {
  each(
    EDGES.flatMap((m, i) => {
      const [k, n] = [EDGES[(i + 3) % 8], EDGES[(i + 6) % 8]];
      return [
        { a: [m, k], b: [k, n] },
        { a: [k, m], b: [n, k], transposeA: true, transposeB: true },
        { a: [m, n], b: [k, n], transposeB: true, bias: true, residual: i % 2 === 0 },
        { a: [n, m], b: [n, k], transposeA: true },
      ];
    }),
  )('tile edges: %s', (_, test) => checkMatmul(test));

  each([
    { a: [5], b: [5] },
    { a: [5], b: [5, 9] },
    { a: [3, 5], b: [5] },
    { a: [2, 3, 5], b: [5] },
    { a: [5], b: [2, 5, 3] },
    { a: [1, 7], b: [7, 13], bias: true },
    { a: [1, 7], b: [13, 7], transposeB: true, bias: true, residual: true },
  ])('vectors: %s', (_, test) => checkMatmul(test));

  each([
    { a: [2, 3, 4], b: [2, 4, 5] },
    { a: [2, 3, 4], b: [4, 9] },
    { a: [3, 4], b: [2, 4, 9] },
    { a: [2, 1, 3, 4], b: [3, 4, 5] },
    { a: [1, 3, 4], b: [5, 4, 2] },
    { a: [3, 1, 2, 5], b: [1, 2, 5, 3], residual: false },
    { a: [2, 4, 3], b: [2, 5, 4], transposeA: true, transposeB: true },
    { a: [4, 3], b: [2, 4, 9], transposeA: true },
    { a: [2, 4, 3], b: [4, 9], transposeA: true },
    { a: [1, 1, 4], b: [3, 9, 4], transposeB: true },
  ])('batches: %s', (_, test) => checkMatmul(test));

  each([
    { a: [0, 3], b: [3, 4] },
    { a: [3, 0], b: [0, 4] },
    { a: [3, 0], b: [0, 4], bias: true },
    { a: [1, 0], b: [0, 4] },
    { a: [3, 4], b: [4, 0] },
    { a: [0, 2, 3], b: [0, 3, 2] },
  ])('empty: %s', (_, test) => checkMatmul(test));

  each([
    { a: [529, 767], b: [767, 9], bias: true },
    { a: [529, 768], b: [768, 9], bias: true, residual: true },
    { a: [800, 5], b: [5, 8] },
  ])('more rows than a block of shallow, deep and single panels has: %s', (_, test) => checkMatmul(test));

  it('anything that fits', () => {
    const extent = fc.integer({ min: 1, max: 20 });
    const batch = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 });
    const product = fc
      .record({
        m: extent,
        k: extent,
        n: extent,
        batch,
        left: fc.boolean(),
        right: fc.boolean(),
        ta: fc.boolean(),
        tb: fc.boolean(),
      })
      .map(({ m, k, n, batch, left, right, ta, tb }) => ({
        a: [...(left ? batch : batch.map(() => 1)), ...(ta ? [k, m] : [m, k])],
        b: [...(right ? batch : []), ...(tb ? [n, k] : [k, n])],
        transposeA: ta,
        transposeB: tb,
      }));
    fc.assert(fc.property(product, checkMatmul), { numRuns: 25 });
  });
});

describe('the kernel of a product', () => {
  it.each([
    ['one row', 1, [64, 64], 'f32_gemv'],
    ['fewer rows than a tile has', 3, [64, 64], 'f32_gemv'],
    ['a tile of rows', 4, [64, 64], 'f32_conv'],
    ['a few rows, weights of more than 4 MB', 8, [1024, 1032], 'f32_gemv'],
    ['more rows, weights of more than 4 MB', 9, [1024, 1032], 'f32_conv'],
  ] as const)('%s: %i x %j by %s', (_, rows, shape, kernel) => {
    const a = { dtype: 'float32', shape: [rows, shape[0]] } as const;
    const graph = {
      inputs: [{ name: 'a', ...a }],
      outputs: ['y'],
      nodes: [{ name: 'p', op: 'matmul', inputs: ['a', 'b'], outputs: ['y'], attributes: {} }],
      constants: new Map([['b', tensor(new Float32Array(shape[0] * shape[1]), shape)]]),
    };
    expect(makePlan(specialized(graph, { a }), new WeightStore()).steps.at(-1)!.kernel).toBe(kernel);
  });
});
