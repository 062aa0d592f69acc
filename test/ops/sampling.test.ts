import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../src/tensor.js';
import { everything } from '../graph/everything.js';
import { randomFloats } from '../kernels/numbers.js';
import { elementAt, fromIndices } from '../reference/movement.js';
import { type GridOptions, gridSample, roiAlign } from '../reference/sampling.js';
import { checkOperator } from './check.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const random = randomFloats(13);
const make = (shape: readonly number[], size = 1): Tensor<'float32'> =>
  tensor(
    random(sizeOf(shape)).map((value) => value * size),
    shape,
  );
const type = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
const code = (op: string, inputs: object[], attributes: object) => {
  try {
    everything.operators[op].infer(inputs as never, attributes);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('gridSample, error within 400 roundings of the weights', () => {
  const options = (['nearest', 'linear', 'cubic'] as const).flatMap((mode) =>
    (['zeros', 'border', 'reflection'] as const).flatMap((outside) =>
      [false, true].map((alignCorners): GridOptions => ({ mode, outside, alignCorners })),
    ),
  );
  it.each(options)('%o', (given) => {
    for (const [shape, points] of [
      [
        [2, 5, 6, 5],
        [3, 4],
      ],
      [
        [1, 3, 4, 2, 8],
        [2, 1, 5],
      ],
      [[1, 7, 3], [9]],
      [
        [1, 1, 5, 13],
        [2, 6],
      ],
    ]) {
      const axes = shape.length - 2;
      const [x, grid] = [make(shape), make([shape[0], ...points, axes], 1.75)];
      const values = gridSample(x.data, shape, grid.data, sizeOf(points), given);
      // Places are rounded, and weights have slopes of up to 2 on each axis.
      const exact = given.mode === 'nearest';
      const expected = {
        shape: [shape[0], ...points, shape.at(-1)!],
        values,
        magnitude: values.map(() => 3),
        roundings: exact ? 0 : 400,
      };
      checkOperator({ op: 'gridSample', inputs: [x, grid], attributes: { ...given }, expected });
    }
  });

  it('samples nothing, and survives places that are no numbers', () => {
    const grid = tensor(
      [Number.NaN, 0, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0, 0, 1e30],
      [1, 4, 1, 2],
    );
    const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    const expected = { shape: [1, 4, 1, 1], values: [0, 0, 0, 0], roundings: 0 };
    checkOperator({ op: 'gridSample', inputs: [x, grid], expected });
    checkOperator({
      op: 'gridSample',
      inputs: [make([1, 3, 3, 2]), make([1, 0, 4, 2])],
      expected: { shape: [1, 0, 4, 2], values: [], roundings: 0 },
    });
  });

  it('refuses grids that do not fit', () => {
    expect(code('gridSample', [type(1, 4, 4, 3), type(1, 2, 2, 3)], {})).toBe('SHAPE');
    expect(code('gridSample', [type(2, 4, 4, 3), type(1, 2, 2, 2)], {})).toBe('SHAPE');
    expect(code('gridSample', [type(1, 4, 0, 3), type(1, 2, 2, 2)], {})).toBe('SHAPE');
    expect(code('gridSample', [type(1, 4, 4, 3), type(1, 2, 2, 2)], { mode: 'toString' })).toBe('ARGUMENT');
  });
});

describe('roiAlign, error within 400 roundings', () => {
  it.each(
    [false, true].flatMap((max) =>
      [false, true].flatMap((halfPixel) =>
        [0, 2].map((samples) => ({ max, halfPixel, samples, rows: 3, columns: 2, scale: 0.5 })),
      ),
    ),
  )('%o', (options) => {
    for (const channels of [1, 4, 7, 13]) {
      const shape = [2, 6, 7, channels];
      const x = make(shape);
      const regions = tensor([0, 0, 9.2, 8.1, 3.3, 1.7, 13.9, 11.6, -4.1, -3.3, 6.2, 4.9, 5.2, 5.2, 5.3, 5.3], [4, 4]);
      const images = tensor(BigInt64Array.from([0n, 1n, 1n, 0n]));
      const values = roiAlign(x.data, shape, regions.data, [0, 1, 1, 0], options);
      const expected = { shape: [4, 3, 2, channels], values, magnitude: values.map(() => 1), roundings: 400 };
      checkOperator({ op: 'roiAlign', inputs: [x, regions, images], attributes: options, expected });
    }
  });

  it('survives regions that are no numbers', () => {
    const regions = tensor([Number.NaN, 0, Number.NaN, 1], [1, 4]);
    const images = tensor(Int32Array.of(7));
    const attributes = { rows: 1, columns: 1, halfPixel: true };
    checkOperator({
      ...{ op: 'roiAlign', inputs: [make([1, 3, 3, 2]), regions, images], attributes },
      expected: { shape: [1, 1, 1, 2], values: [0, 0], roundings: 0 },
    });
  });

  it('refuses regions that do not fit', () => {
    const images = { dtype: 'int64', shape: [3] };
    const attributes = { rows: 2, columns: 2 };
    expect(code('roiAlign', [type(1, 4, 4, 3), type(2, 4), images], attributes)).toBe('SHAPE');
    expect(code('roiAlign', [type(1, 4, 4, 3), type(3, 4), type(3)], attributes)).toBe('SHAPE');
    expect(code('roiAlign', [type(1, 4, 4, 3), type(3, 4), images], { rows: -1, columns: 2 })).toBe('SHAPE');
  });
});

describe('blocks of channels and of space, exact', () => {
  it.each([
    [1, 4],
    [2, 1],
    [2, 5],
    [3, 4],
  ])('blocks of %i pixels, %i channels', (b, channels) => {
    const deepShape = [2, 3, 2, b * b * channels];
    const wideShape = [2, 3 * b, 2 * b, channels];
    for (const blocksInside of [false, true]) {
      const deep = make(deepShape);
      const elements = { shape: deepShape, values: [...deep.data] };
      const wide = fromIndices(wideShape, ([n, h, w, c]) => {
        const block = (h % b) * b + (w % b);
        const channel = blocksInside ? c * b * b + block : block * channels + c;
        return elementAt(elements, [n, Math.floor(h / b), Math.floor(w / b), channel]);
      });
      const attributes = { blockSize: b, blocksInside };
      checkOperator({ op: 'depthToSpace', inputs: [deep], attributes, expected: { ...wide, roundings: 0 } });
      const back = { shape: deepShape, values: deep.data, roundings: 0 };
      checkOperator({ op: 'spaceToDepth', inputs: [tensor(wide.values, wideShape)], attributes, expected: back });
    }
  });

  it('refuses what has no blocks', () => {
    expect(code('depthToSpace', [type(1, 2, 2, 6)], { blockSize: 2 })).toBe('SHAPE');
    expect(code('spaceToDepth', [type(1, 3, 2, 6)], { blockSize: 2 })).toBe('SHAPE');
    expect(code('spaceToDepth', [type(1, 3, 2)], { blockSize: 1 })).toBe('SHAPE');
    expect(code('depthToSpace', [type(1, 2, 2, 4)], { blockSize: 0 })).toBe('SHAPE');
  });
});

describe('centerCropPad, exact', () => {
  it.each([
    { extents: [3, 9, 4], axes: undefined },
    { extents: [8, 2], axes: [0, -1] },
  ])('%o', ({ extents, axes }) => {
    const shape = [5, 4, 5];
    const x = make(shape);
    const wanted = [...shape];
    (axes ?? [0, 1, 2]).forEach((axis, i) => {
      wanted[(axis + 3) % 3] = extents[i];
    });
    const elements = { shape, values: [...x.data] };
    const expected = fromIndices(wanted, (index) => {
      const from = index.map((i, axis) => {
        const surplus = shape[axis] - wanted[axis];
        return i + (surplus > 0 ? Math.floor(surplus / 2) : -Math.floor(-surplus / 2));
      });
      return from.every((i, axis) => i >= 0 && i < shape[axis]) ? elementAt(elements, from) : 0;
    });
    checkOperator({
      op: 'centerCropPad',
      inputs: [x],
      attributes: { extents, axes },
      expected: { ...expected, roundings: 0 },
    });
  });

  it('refuses lists that do not fit', () => {
    expect(code('centerCropPad', [type(4, 4)], { extents: [2] })).toBe('SHAPE');
    expect(code('centerCropPad', [type(4, 4)], { extents: [2, -1] })).toBe('SHAPE');
    expect(code('centerCropPad', [type(4, 4)], { extents: [2, 2], axes: [1, -1] })).toBe('SHAPE');
  });
});
