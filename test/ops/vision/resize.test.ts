import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tapsOf } from '../../../src/ops/vision/resample.js';
import { resize as operator, type ResizeAttributes, resizedAxes } from '../../../src/ops/vision/resize.js';
import { resizeGradient } from '../../../src/ops/vision/resizeGradient.js';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';
import { type ResizeOptions, resize } from '../../reference/vision/resize.js';
import { checkOperator } from '../check.js';

interface ResizeCase {
  readonly x: readonly number[];
  readonly sizes: readonly number[];
  readonly mode: ResizeOptions['mode'];
  readonly attributes?: ResizeAttributes;
  readonly options?: Partial<ResizeOptions>;
}

function check({ x: from, sizes, mode, attributes, options }: ResizeCase): void {
  const x = tensor(randomFloats(7)(sizeOf(from)), from);
  const halfPixel = (at: number, axis: number) => ((at + 0.5) * from[axis]) / sizes[axis] - 0.5;
  const { values } = resize({ shape: from, values: [...x.data] }, sizes, {
    mode,
    place: halfPixel,
    round: (at) => Math.ceil(at - 0.5),
    ...options,
  });
  // Four taps an axis, whose weights are rounded; cubic ones overshoot.
  const roundings = mode === 'nearest' ? 0 : 60;
  const expected = { shape: sizes, values, magnitude: values.map(() => 2), roundings };
  checkOperator({ op: 'resize', inputs: [x], attributes: { mode, sizes, ...attributes }, expected });
  checkGradient(from, sizes, { mode, sizes, ...attributes }, (one) =>
    resize({ shape: from, values: one }, sizes, {
      mode,
      place: halfPixel,
      round: (at) => Math.ceil(at - 0.5),
      ...options,
    }),
  );
}

/** The gradient of each element is what resizing that element alone gives, times the gradient of the result. */
function checkGradient(
  shape: readonly number[],
  sizes: readonly number[],
  attributes: ResizeAttributes,
  resized: (one: number[]) => { values: readonly number[] },
): void {
  const count = sizeOf(shape);
  if (count > 200) return;
  const gradient = tensor(randomFloats(8)(sizeOf(sizes)), sizes);
  const base = resized(new Array<number>(count).fill(0)).values;
  const pairs = Array.from({ length: count }, (_, i) => {
    const { values } = resized(Array.from({ length: count }, (__, k) => (k === i ? 1 : 0)));
    return values.map((value, k) => (value - base[k]) * gradient.data[k]);
  });
  const values = pairs.map((terms) => terms.reduce((a, b) => a + b, 0));
  checkOperator({
    op: 'resizeGradient',
    inputs: [gradient],
    attributes: { ...attributes, shape },
    expected: {
      shape,
      values,
      roundings: 80,
      magnitude: pairs.map((terms) => terms.reduce((a, b) => a + Math.abs(b), 1)),
    },
  });
}

const name = ({ x, sizes, mode, attributes }: ResizeCase) =>
  `[${x}] to [${sizes}], ${mode} ${JSON.stringify(attributes ?? {})}`;
const each = (cases: ResizeCase[]) => it.each(cases.map((test) => [name(test), test] as const));

it('nearest elements are where float32 arithmetic finds them: 3 / 0.6 is 5, although 0.6 is a little more', () => {
  const x = tensor(Float32Array.from({ length: 10 }, (_, i) => i));
  const nearest = (scale: number, values: number[], attributes: ResizeAttributes) =>
    checkOperator({
      op: 'resize',
      inputs: [x],
      attributes: { ...attributes, scales: [Math.fround(scale)], mode: 'nearest' },
      expected: { shape: [values.length], values, roundings: 0 },
    });
  nearest(0.6, [0, 1, 3, 5, 6, 8], { coordinates: 'asymmetric', nearest: 'floor' });
  nearest(1.2, [0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9], { coordinates: 'asymmetric', nearest: 'floor' });
});

it.each([
  [4, 0.8, [0, 1, 3]],
  [6, 0.8, [1, 2, 3, 4]],
  [5, 0.7, [1, 2, 3]],
  [9, 0.3, [2, 6]],
])('half_pixel_symmetric scales %i by %f about its middle, on which a tie is one', (extent, scale, elements) => {
  const x = tensor(Float32Array.from({ length: extent }, (_, i) => i));
  const attributes = { mode: 'nearest', coordinates: 'half_pixel_symmetric', scales: [Math.fround(scale)] };
  const expected = { shape: [elements.length], values: elements, roundings: 0 };
  checkOperator({ op: 'resize', inputs: [x], attributes, expected });
});

describe('nearest elements by sizes are where the integers put them, whatever their ratio rounds to', () => {
  const checkPlaces = (extent: number, size: number, values: number[], attributes: ResizeAttributes) =>
    checkOperator({
      op: 'resize',
      inputs: [tensor(Float32Array.from({ length: extent }, (_, i) => i))],
      attributes: { ...attributes, sizes: [size], mode: 'nearest' },
      expected: { shape: [size], values, roundings: 0 },
    });

  it.each<[number, number, number[], ResizeAttributes]>([
    [14, 19, [0, 1, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12, 13], {}],
    [14, 2, [0, 7], { coordinates: 'asymmetric', nearest: 'floor' }],
    [35, 5, [0, 7, 14, 21, 28], { coordinates: 'asymmetric', nearest: 'floor' }],
    [7, 2, [0, 4], { coordinates: 'asymmetric', nearest: 'round_prefer_ceil' }],
  ])('%i to %i', checkPlaces);

  it('all sizes to 40 in all coordinates, by fractions of whole numbers', () => {
    for (const [coordinates, fraction] of Object.entries(fractions)) {
      for (const [nearest, rounded] of Object.entries(rounding)) {
        for (let extent = 1; extent <= 40; extent++) {
          for (let size = 1; size <= 40; size++) {
            const [axis] = resizedAxes([extent], { sizes: [size] });
            const { indices } = tapsOf(axis, { coordinates, nearest });
            const exact = Array.from({ length: size }, (_, x) => {
              const place = rounded(...fraction(BigInt(x), BigInt(extent), BigInt(size)));
              return Math.max(0, Math.min(extent - 1, Number(place)));
            });
            if (indices.join() !== exact.join()) expect([coordinates, nearest, extent, indices]).toEqual(exact);
          }
        }
      }
    }
  });

  it('one ratio for all axes is that of its own axis', () => {
    const axes = resizedAxes([14, 35], { sizes: [2, 7], aspectRatio: 'not_larger' });
    expect(axes.map(({ size, ratio }) => [size, ratio])).toEqual([
      [2, [2, 14]],
      [5, [2, 14]],
    ]);
    const { indices } = tapsOf(axes[1], { coordinates: 'asymmetric', nearest: 'floor' });
    expect(Array.from(indices)).toEqual([0, 7, 14, 21, 28]);
  });
});

/** Places as [numerator, denominator], by the formulas of ONNX's Resize. */
const fractions: Record<string, (x: bigint, extent: bigint, size: bigint) => [bigint, bigint]> = {
  half_pixel: (x, extent, size) => [(2n * x + 1n) * extent - size, 2n * size],
  half_pixel_symmetric: (x, extent, size) => [(2n * x + 1n) * extent - size, 2n * size],
  pytorch_half_pixel: (x, extent, size) => (size > 1n ? [(2n * x + 1n) * extent - size, 2n * size] : [0n, 1n]),
  align_corners: (x, extent, size) => (size > 1n ? [x * (extent - 1n), size - 1n] : [0n, 1n]),
  asymmetric: (x, extent, size) => [x * extent, size],
  tf_half_pixel_for_nn: (x, extent, size) => [(2n * x + 1n) * extent, 2n * size],
};

const floorOf = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;
const rounding: Record<string, (a: bigint, b: bigint) => bigint> = {
  floor: floorOf,
  ceil: (a, b) => -floorOf(-a, b),
  round_prefer_floor: (a, b) => -floorOf(b - 2n * a, 2n * b),
  round_prefer_ceil: (a, b) => floorOf(2n * a + b, 2n * b),
};

describe('resize, nearest exact, else within 60 roundings of 2, and its gradient, within 80 of the terms', () => {
  each(
    (['nearest', 'linear', 'cubic'] as const).flatMap((mode) => [
      { mode, x: [1, 4, 5, 3], sizes: [1, 8, 10, 3] },
      { mode, x: [2, 5, 4, 8], sizes: [2, 3, 9, 8] },
      { mode, x: [1, 6, 6, 4], sizes: [1, 3, 2, 4] },
      { mode, x: [1, 3, 4, 7], sizes: [1, 1, 1, 7] },
      { mode, x: [1, 3, 1, 13], sizes: [1, 7, 5, 13] },
      { mode, x: [1, 3, 4, 5], sizes: [1, 3, 8, 5] },
      { mode, x: [1, 3, 4, 5], sizes: [1, 6, 4, 5] },
      { mode, x: [1, 2, 3, 4], sizes: [1, 2, 5, 9] },
      { mode, x: [2, 5, 9], sizes: [2, 11, 9] },
      { mode, x: [1, 2, 3, 4, 5], sizes: [1, 5, 6, 7, 5] },
      { mode, x: [2, 3, 4, 5], sizes: [3, 5, 4, 7] },
      { mode, x: [1, 3, 4, 5], sizes: [1, 3, 4, 5] },
    ]),
  )('%s', (_, test) => check(test));

  const x = [1, 4, 5, 3];
  const sizes = [1, 7, 3, 3];
  const corners = (at: number, axis: number) => (at * (x[axis] - 1)) / Math.max(1, sizes[axis] - 1);
  const divided = (at: number, axis: number) => (at * x[axis]) / sizes[axis];
  each([
    { x, sizes, mode: 'linear', attributes: { coordinates: 'align_corners' }, options: { place: corners } },
    { x, sizes, mode: 'cubic', attributes: { coordinates: 'align_corners' }, options: { place: corners } },
    { x, sizes, mode: 'linear', attributes: { coordinates: 'asymmetric' }, options: { place: divided } },
    {
      x,
      sizes,
      mode: 'nearest',
      attributes: { coordinates: 'asymmetric', nearest: 'floor' },
      options: { place: divided, round: Math.floor },
    },
    { x, sizes, mode: 'nearest', attributes: { nearest: 'ceil' }, options: { round: Math.ceil } },
    {
      x,
      sizes,
      mode: 'cubic',
      attributes: { excludeOutside: true, cubicCoefficient: -0.5 },
      options: { excludeOutside: true, cubicCoefficient: -0.5 },
    },
    {
      x,
      sizes: [1, 2, 2, 3],
      mode: 'linear',
      attributes: { antialias: true },
      options: { shrink: (axis) => [1, 2, 2, 3][axis] / x[axis] },
    },
  ])('%s', (_, test) => check(test));

  it('anything that fits', () => {
    const extent = fc.integer({ min: 1, max: 6 });
    const shapes = fc.tuple(
      fc.array(extent, { minLength: 4, maxLength: 4 }),
      fc.array(extent, { minLength: 4, maxLength: 4 }),
    );
    const modes = fc.constantFrom('linear' as const, 'cubic' as const);
    fc.assert(
      fc.property(shapes, modes, ([from, to], mode) => check({ x: from, sizes: to, mode })),
      { numRuns: 12 },
    );
  });

  it('gives the extrapolation outside a cropped region', () => {
    const attributes = { mode: 'linear', coordinates: 'tf_crop_and_resize', axes: [1], sizes: [4], extrapolation: 9 };
    const expected = { shape: [1, 4, 1], values: [9, 0.5, 1.5, 9], roundings: 4 };
    const region = { region: [-0.25, 1.25] };
    checkOperator({
      op: 'resize',
      inputs: [tensor([0, 1, 2], [1, 3, 1])],
      attributes: { ...attributes, ...region },
      expected,
    });
    // The two results inside are halves of their neighbours; nothing reaches back from outside.
    checkOperator({
      op: 'resizeGradient',
      inputs: [tensor([100, 1, 10, 1000], [1, 4, 1])],
      attributes: { ...attributes, ...region, shape: [1, 3, 1] },
      expected: { shape: [1, 3, 1], values: [0.5, 5.5, 5], roundings: 8 },
    });
  });
});

it('refuses gradients of another shape', () => {
  const gradient = { dtype: 'float32' as const, shape: [1, 4, 4, 3] };
  const infer = () => resizeGradient.infer([gradient], { shape: [1, 2, 2, 3], sizes: [1, 3, 3, 3] });
  expect(infer).toThrow(expect.objectContaining({ code: 'SHAPE' }));
});

describe('what resize gives', () => {
  const shapeOf = (shape: number[], attributes: ResizeAttributes) =>
    operator.infer([{ dtype: 'float32', shape }], attributes)[0].shape;
  it('sizes from scales round down, in float32', () => {
    expect(shapeOf([1, 10, 5, 3], { scales: [1, Math.fround(0.7), 2.5, 1] })).toEqual([1, 7, 12, 3]);
  });
  it('keeps the aspect ratio when asked', () => {
    expect(shapeOf([1, 4, 6, 3], { axes: [1, 2], sizes: [7, 8], aspectRatio: 'not_larger' })).toEqual([1, 5, 8, 3]);
    expect(shapeOf([1, 4, 6, 3], { axes: [1, 2], sizes: [7, 8], aspectRatio: 'not_smaller' })).toEqual([1, 7, 11, 3]);
  });
  it('refuses what does not fit', () => {
    const code = (attributes: ResizeAttributes) => () => shapeOf([1, 4, 4, 3], attributes);
    for (const attributes of [
      {},
      { scales: [1, 2] },
      { axes: [1], scales: [-1] },
      { axes: [1, 1], sizes: [2, 2] },
      { axes: [7], sizes: [1] },
    ]) {
      expect(code(attributes)).toThrow(expect.objectContaining({ code: 'SHAPE' }));
    }
  });
});
