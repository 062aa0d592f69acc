import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { Network } from '../../graph/network.js';
import { supportedBinaries } from '../../kernels/harness.js';
import { randomFloats } from '../../kernels/numbers.js';
import { globalAveragePool, globalMaxPool } from '../../reference/pooling/globalPool.js';
import {
  averagePool,
  averagePoolGradient,
  lpPool,
  maxPool,
  maxPoolGradient,
  type PoolShape,
  pooledExtents,
} from '../../reference/pooling/pool.js';
import { checkOperator, compiled, runWatched } from '../check.js';
import { threeAxes } from '../windows.js';

interface PoolCase {
  /** `[N, ...spatial, C]` */
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Before each axis, then after each axis. */
  readonly padding?: readonly number[];
  readonly ceil?: boolean;
}

function checkPools({ x, kernel, strides, dilations, padding, ceil = false }: PoolCase): void {
  const rank = kernel.length;
  const input = tensor(randomFloats(3)(sizeOf(x)), x);
  const shape: PoolShape = {
    images: x[0],
    channels: x.at(-1)!,
    input: threeAxes(x.slice(1, -1), 1),
    kernel: threeAxes(kernel, 1),
    strides: threeAxes(strides, 1),
    dilations: threeAxes(dilations, 1),
    before: threeAxes(padding?.slice(0, rank), 0),
    behind: threeAxes(padding?.slice(rank), 0),
    ceil,
  };
  const pooled = [x[0], ...pooledExtents(shape).slice(-rank), x.at(-1)!];
  const attributes = { kernelShape: kernel, strides, dilations, padding, ceil };
  const values = maxPool(input.data, shape).output;
  checkOperator({ op: 'maxPool', inputs: [input], attributes, expected: { shape: pooled, values, roundings: 0 } });
  // A sum of numbers up to 1 in size, then a division.
  const window = sizeOf(kernel);
  for (const includePadding of [false, true]) {
    const means = averagePool(input.data, shape, includePadding);
    checkOperator({
      op: 'averagePool',
      inputs: [input],
      attributes: { ...attributes, includePadding },
      expected: { shape: pooled, values: means, magnitude: means.map(() => 1), roundings: window + 2 },
    });
  }
  checkGradients(input, tensor(values, pooled), shape, attributes);
  // The third power is an exponential of a logarithm.
  for (const p of [1, 2, 3]) {
    const norms = lpPool(input.data, shape, p);
    checkOperator({
      op: 'lpPool',
      inputs: [input],
      attributes: { ...attributes, p },
      expected: { shape: pooled, values: norms, magnitude: norms.map((norm) => norm + 1e-6), roundings: window + 40 },
    });
  }
}

/** As many gradients as windows reach over a cell add up. */
function checkGradients(input: Tensor, output: Tensor, shape: PoolShape, attributes: Attributes): void {
  const gradient = tensor(randomFloats(4)(output.size), output.shape);
  const expected = (values: readonly number[], magnitude: readonly number[]) => ({
    shape: input.shape,
    values,
    magnitude,
    roundings: sizeOf(shape.kernel) + 2,
  });
  const sizes = gradient.data.map(Math.abs);
  // Coarse values, so that windows have several maxima.
  const tied = tensor(
    (input.data as Float32Array).map((value) => Math.round(2 * value)),
    input.shape,
  );
  for (const [x, y] of [
    [input, output],
    [tied, tensor(maxPool(tied.data, shape).output, output.shape)],
  ]) {
    const values = maxPoolGradient(x.data as Float32Array, gradient.data, shape);
    const magnitude = maxPoolGradient(x.data as Float32Array, sizes, shape);
    checkOperator({
      op: 'maxPoolGradient',
      inputs: [x, y, gradient],
      attributes,
      expected: expected(values, magnitude),
    });
  }
  for (const includePadding of [false, true]) {
    checkOperator({
      op: 'averagePoolGradient',
      inputs: [gradient],
      attributes: { ...attributes, includePadding, extents: input.shape.slice(1, -1) },
      expected: expected(
        averagePoolGradient(gradient.data, shape, includePadding),
        averagePoolGradient(sizes, shape, includePadding),
      ),
    });
  }
}

const name = ({ x, kernel, ...rest }: PoolCase) =>
  `[${x}] by ${kernel.join('x')} ${Object.entries(rest)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')}`;
const each = (cases: PoolCase[]) => it.each(cases.map((test) => [name(test), test] as const));

describe('maxPool, exact, averagePool and the gradients of both, within window + 2 roundings, and lpPool, within window + 40', () => {
  each(
    [1, 3, 4, 5, 7, 8, 9, 13].map((channels, i, all) => ({
      x: [1 + (i % 2), all[(i + 3) % 8] + 1, all[(i + 6) % 8] + 1, channels],
      kernel: [2, 2],
      strides: [1 + (i % 2), 2],
    })),
  )('channels and pixels %s', (_, test) => checkPools(test));

  each([
    { x: [1, 6, 7, 3], kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
    { x: [1, 6, 7, 3], kernel: [3, 2], strides: [1, 2], padding: [2, 0, 0, 1] },
    { x: [1, 6, 6, 4], kernel: [3, 3], strides: [2, 2], ceil: true },
    { x: [1, 5, 6, 4], kernel: [2, 3], strides: [3, 2], padding: [1, 1, 0, 1], ceil: true },
    { x: [1, 9, 8, 5], kernel: [3, 2], dilations: [2, 3] },
    { x: [2, 6, 9, 5], kernel: [2, 3], strides: [2, 3] },
    { x: [2, 7, 9, 6], kernel: [2, 3], strides: [2, 3] },
    { x: [1, 3, 5, 2], kernel: [3, 1], strides: [3, 1], padding: [1, 0, 0, 0] },
    { x: [1, 4, 6, 5], kernel: [2, 3], strides: [2, 3], padding: [0, 1, 0, 1] },
    { x: [1, 5, 4, 6, 2], kernel: [1, 2, 2], strides: [1, 2, 2] },
    { x: [2, 13, 3], kernel: [3], strides: [2], padding: [1, 1] },
    { x: [1, 4, 5, 3, 2], kernel: [2, 3, 2], strides: [2, 1, 1], padding: [0, 1, 1, 1, 0, 0] },
    { x: [0, 4, 4, 3], kernel: [2, 2] },
    { x: [1, 4, 4, 0], kernel: [2, 2] },
  ])('%s', (_, test) => checkPools(test));

  it('anything that fits', () => {
    const per = (least: number, most: number, count = 2) =>
      fc.array(fc.integer({ min: least, max: most }), { minLength: count, maxLength: count });
    const pool = fc
      .record({
        x: per(1, 9, 4),
        kernel: per(1, 4),
        strides: per(1, 3),
        dilations: per(1, 2),
        cells: per(0, 3, 4),
        ceil: fc.boolean(),
      })
      .map(({ cells, ...rest }) => ({
        ...rest,
        padding: cells.map((cell, i) => Math.min(cell, rest.kernel[i % 2] - 1)),
      }))
      .filter(({ x, kernel, dilations, padding }) =>
        kernel.every((size, i) => x[i + 1] + padding[i] + padding[i + 2] >= (size - 1) * dilations[i] + 1),
      );
    fc.assert(fc.property(pool, checkPools), { numRuns: 20 });
  });
});

it.each(['maxPool', 'averagePool', 'lpPool'])('%s keeps a NaN in the windows that see it, and in no other', (op) => {
  const x = tensor(randomFloats(3)(5 * 5 * 3), [1, 5, 5, 3]);
  x.data[(1 * 5 + 1) * 3 + 2] = Number.NaN;
  const net = new Network();
  net.input('x', x.shape);
  net.node('y', op, ['x'], { kernelShape: [2, 2] });
  const graph = net.graph('y');
  for (const binary of supportedBinaries) {
    const [{ data }] = runWatched(compiled(graph, { x }), { x }, binary);
    const places = Array.from(data as Float32Array).flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
    expect(places).toEqual([0, 1, 4, 5].map((pixel) => pixel * 3 + 2));
  }
});

describe('global pools', () => {
  const shapes = [1, 3, 4, 5, 7, 8, 9, 13].map((channels, i) => [1 + (i % 2), 1 + i, 9 - i, channels]);
  it.each([...shapes, [2, 7, 5], [1, 2, 3, 4, 5], [1, 3, 3, 0]].map((shape) => [shape.join(), shape] as const))(
    'of [%s], the mean within cells + 2 roundings',
    (_, x) => {
      const input = tensor(randomFloats(5)(sizeOf(x)), x);
      const [cells, channels] = [sizeOf(x.slice(1, -1)), x.at(-1)!];
      const shape = x.map((extent, axis) => (axis === 0 || axis === x.length - 1 ? extent : 1));
      const means = globalAveragePool(input.data, x[0], cells, channels);
      checkOperator({
        op: 'globalAveragePool',
        inputs: [input],
        expected: { shape, values: means, magnitude: means.map(() => 1), roundings: cells + 2 },
      });
      const maxima = globalMaxPool(input.data, x[0], cells, channels);
      checkOperator({ op: 'globalMaxPool', inputs: [input], expected: { shape, values: maxima, roundings: 0 } });
    },
  );
});
