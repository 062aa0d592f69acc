import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDots } from '../../../src/ops/kernels.generated.js';
import type { Attributes } from '../../../src/ops/operator.js';
import { broadcastShapes, sizeOf } from '../../../src/shape.js';
import { newArray, Tensor, tensor } from '../../../src/tensor.js';
import { supportedBinaries } from '../../kernels/harness.js';
import { convolution } from '../../reference/convolution/conv.js';
import { broadcast } from '../../reference/elementwise/binary.js';
import { matmul } from '../../reference/matmul/matmul.js';
import {
  dequantize,
  type EightBit,
  quantize,
  quantizedBinary,
  requantize,
} from '../../reference/quantized/quantized.js';
import { checkOperator, compiled, runWatched } from '../check.js';
import { exact } from '../values.js';
import type { ConvolutionCase } from '../windows.js';
import { checkConv, floats, optionalInputs, type ProductCase, products, random } from './products.js';

describe.each(['uint8', 'int8'] as const)('%s', (dtype) => {
  it.each([
    [[13], []],
    [[13], [1]],
    [[2, 5, 3, 4], []],
    [
      [2, 5, 3, 4],
      [5, 1, 1],
    ],
    [[2, 5, 9], [9]],
    [[0, 3], [3]],
    [[], []],
    [
      [3, 4],
      [3, 4],
    ],
  ])('between floats %j and integers, scale %j', (shape, scaleShape) => {
    const scale = floats(scaleShape, 0.01, 0.1);
    const wide = scaleShape.length > shape.length ? [] : scaleShape;
    const rank = [...new Array<number>(shape.length - wide.length).fill(1), ...wide];
    const stretched = broadcast(scale.data, rank, shape);
    for (const zero of [undefined, random(dtype, scaleShape, 9)]) {
      const origin = zero ? broadcast(zero.data, rank, shape) : stretched.map(() => 0);
      const x = floats(shape, -10, 10);
      x.data.set([Number.NaN, Number.POSITIVE_INFINITY, -1e30, 0].slice(0, x.size));
      const whole = Array.from(x.data, (value, i) => quantize(value, stretched[i], origin[i], dtype));
      whole.forEach((_, i) => {
        if (Number.isNaN(x.data[i])) whole[i] = 0;
      });
      const inputs = zero ? [scale, zero] : [scale];
      const attributes: Attributes = zero ? {} : { dtype };
      checkOperator({ op: 'quantize', attributes, inputs: [x, ...inputs], expected: exact(shape, whole) });
      const integers = random(dtype, shape, 4);
      const values = Array.from(integers.data, (value, i) => dequantize(value, stretched[i], origin[i]));
      checkOperator({ op: 'dequantize', inputs: [integers, ...inputs], expected: exact(shape, values) });
    }
  });

  it.each([
    [[1, 4, 3, 2], 1, 2],
    [[7, 3], 0, 3],
    [[2, 9], -1, 4],
    [[2, 3], 1, 5],
  ])('%j in blocks along axis %i of %i', (shape, axis, blockSize) => {
    const at = axis < 0 ? axis + shape.length : axis;
    const blocks = shape.with(at, Math.ceil(shape[at] / blockSize));
    const [scale, zero] = [floats(blocks, 0.01, 0.1), random(dtype, blocks, 9)];
    const inner = sizeOf(shape.slice(at + 1));
    const blockOf = (i: number) => {
      const outer = Math.floor(i / (shape[at] * inner));
      const place = Math.floor(i / inner) % shape[at];
      return (outer * blocks[at] + Math.floor(place / blockSize)) * inner + (i % inner);
    };
    const [x, integers] = [floats(shape, -10, 10), random(dtype, shape, 4)];
    const whole = Array.from(x.data, (value, i) =>
      quantize(value, scale.data[blockOf(i)], zero.data[blockOf(i)], dtype),
    );
    const values = Array.from(integers.data, (value, i) =>
      dequantize(value, scale.data[blockOf(i)], zero.data[blockOf(i)]),
    );
    const attributes = { axis, blockSize };
    checkOperator({ op: 'quantize', attributes, inputs: [x, scale, zero], expected: exact(shape, whole) });
    checkOperator({ op: 'dequantize', attributes, inputs: [integers, scale, zero], expected: exact(shape, values) });
  });
});

it('dequantizes int32, and refuses what does not fit', () => {
  const x = tensor(Int32Array.of(-5, 0, 70_000), [3]);
  const scale = tensor(0.5, []);
  checkOperator({ op: 'dequantize', inputs: [x, scale], expected: exact([3], [-2.5, 0, 35_000]) });
  const refused = (op: string, inputs: Tensor[], message: RegExp, attributes?: Attributes) =>
    expect(() => checkOperator({ op, attributes, inputs, expected: exact([3], []) })).toThrow(message);
  refused('quantize', [x, scale], /of float32, not uint8 of int32/);
  refused('dequantize', [x, floats([2], 0, 1)], /don't broadcast/);
  refused('dequantize', [x, floats([2, 3], 0, 1)], /don't go with \[3\]/);
  refused('dequantize', [x, floats([2], 0, 1)], /in blocks of 3 along axis 0/, { axis: 0, blockSize: 3 });
  refused('dequantize', [x, scale, tensor(Uint8Array.of(1), [])], /a zero of the same type/);
});

describe.each(products.map((product) => [JSON.stringify(product), product] as const))('%s', (_, product) => {
  it.each<ConvolutionCase>([
    { x: [1, 5, 4, 3], filters: 7, kernel: [3, 3], padding: [1, 1, 1, 1] },
    { x: [2, 7, 6, 8], filters: 9, kernel: [1, 1] },
    { x: [1, 9, 8, 5], filters: 8, kernel: [3, 2], strides: [2, 3], padding: [0, 2, 1, 0] },
    { x: [1, 8, 9, 6], filters: 6, kernel: [3, 3], groups: 6, padding: [1, 1, 1, 1] },
    { x: [1, 9, 9, 8], filters: 12, kernel: [3, 3], groups: 4, dilations: [2, 3], padding: [2, 0, 1, 3] },
    { x: [2, 13, 17], filters: 5, kernel: [5], strides: [2] },
    { x: [1, 4, 5, 4, 3], filters: 4, kernel: [2, 3, 1], padding: [1, 0, 0, 0, 1, 2] },
    { x: [0, 4, 4, 3], filters: 4, kernel: [3, 3] },
  ])('convolves %j', (shape) => {
    checkConv({ ...shape, ...product }, false);
    checkConv({ ...shape, ...product }, true);
  });

  it.each([
    [[1], 3, 5],
    [[4], 65, 9],
    [[33], 8, 8],
    [[2, 3], 37, 5],
    [[5], 0, 3],
  ])('multiplies %j x %i by %i columns', (rows, depth, columns) => {
    for (const batched of [false, true]) {
      const [a, b] = [random(product.types[0], [...rows, depth], 1), random(product.types[1], [depth, columns], 2)];
      const more = optionalInputs(product, columns, false);
      const taken = more.weightZero?.data ?? [0];
      const left = Array.from(a.data, (value) => value - more.inputZero);
      const right = Array.from(b.data, (value, i) => value - taken[taken.length > 1 ? i % columns : 0]);
      const sums = matmul(left, right, null, sizeOf(rows), depth, columns);
      const values = Array.from(sums, (sum, i) => more.finish(sum, i % columns));
      const stacked = new Tensor(b.dtype, [1, depth, columns], b.data);
      const shape = [...(batched && rows.length === 1 ? [1] : []), ...rows, columns];
      checkOperator({
        op: 'matmulInteger',
        inputs: [a, batched ? stacked : b, ...more.list],
        expected: exact(shape, values),
      });
    }
  });
});

describe.each([
  { types: ['uint8', 'int8'], zeros: 'one', result: { dtype: 'uint8', perFilter: true } },
  { types: ['int8', 'int8'], zeros: 'each', result: { dtype: 'int8', perFilter: false } },
  { types: ['uint8', 'uint8'], zeros: 'none' },
] as ProductCase[])('depthwise %j', (product) => {
  it.each<[number, number, number[], number]>([
    [8, 3, [7, 7], 1],
    [13, 3, [9, 15], 1],
    [16, 3, [12, 16], 2],
    [5, 3, [4, 3], 2],
    [12, 5, [8, 9], 1],
    [9, 5, [11, 20], 2],
    [64, 3, [5, 120], 1],
    [17, 7, [8, 9], 1],
  ])('%i channels, %i taps a side, %j, stride %i', (channels, width, extents, stride) => {
    const shape = { x: [2, ...extents, channels], filters: channels, groups: channels, kernel: [width, width] };
    const side = (width - 1) / 2;
    checkConv({ ...shape, ...product, padding: [side, side, side, side], strides: [stride, stride] }, true);
    checkConv({ ...shape, ...product, padding: [side, 0, 0, side + 1], strides: [stride, stride] }, false);
    const apart = { padding: [width, 1, width, width], dilations: [1, 2], strides: [1, 2] };
    checkConv({ ...shape, ...product, ...apart }, true);
  });
});

describe.each(['add', 'sub', 'mul'] as const)('quantizedBinary %s', (operation) => {
  it.each<[EightBit, EightBit, EightBit, number[], number[]]>([
    ['uint8', 'uint8', 'uint8', [3, 9], [3, 9]],
    ['int8', 'uint8', 'int8', [2, 5, 16], [2, 5, 16]],
    ['uint8', 'int8', 'int8', [2, 3, 13], [3, 1]],
    ['int8', 'int8', 'uint8', [1], [4, 7]],
    ['int8', 'int8', 'int8', [0, 3], [3]],
  ])('of %s and %s as %s, %j and %j', (left, right, result, leftShape, rightShape) => {
    const [a, b] = [random(left, leftShape, 1), random(right, rightShape, 2)];
    const shape = broadcastShapes(leftShape, rightShape);
    const [scales, zeros] = [
      [0.031, 0.017, 0.043],
      [random(left, [], 3), random(right, [], 4), random(result, [], 5)],
    ];
    const factors = scales.map((scale) => tensor(scale, []));
    const [x, y] = [a, b].map((one) =>
      broadcast(
        Float32Array.from(one.data as Int8Array),
        [...new Array<number>(shape.length - one.shape.length).fill(1), ...one.shape],
        shape,
      ),
    );
    const [[aScale], [bScale], [scale]] = factors.map(({ data }) => data);
    for (const given of [true, false]) {
      const origin = (index: number) => (given || index === 2 ? Number(zeros[index].data[0]) : 0);
      const values = Array.from(x, (value, i) =>
        quantizedBinary(operation, [value, aScale, origin(0)], [y[i], bScale, origin(1)], scale, origin(2), result),
      );
      const own = given ? zeros : [undefined, undefined, zeros[2]];
      const inputs = [a, factors[0], own[0], b, factors[1], own[1], factors[2], own[2]];
      checkOperator({ op: 'quantizedBinary', attributes: { operation }, inputs, expected: exact(shape, values) });
    }
  });
});

describe.each(['uint8', 'int8'] as const)('lookUp of %s', (dtype) => {
  it.each([[[]], [[7]], [[2, 3, 5]], [[0]]])('%j', (shape) => {
    const [x, table] = [random(dtype, shape, 1), random('int8', [256], 2)];
    const values = Array.from(x.data as Int8Array, (value) => table.data[value & 255]);
    checkOperator({ op: 'lookUp', inputs: [x, table], expected: exact(shape, values) });
  });
});

it('element-wise functions refuse other types', () => {
  const [x, scale] = [random('int8', [3], 1), tensor(1, [])];
  const run = (op: string, inputs: (Tensor | undefined)[], attributes?: Attributes) => () =>
    checkOperator({ op, attributes, inputs, expected: exact([3], []) });
  expect(run('lookUp', [x, random('int8', [255], 1)])).toThrow(/a table \[256\].*not int8 and int8 \[255\]/);
  const inputs = [x, scale, undefined, x, scale, undefined, scale];
  expect(run('quantizedBinary', inputs, { operation: 'add' })).toThrow(/takes two tensors of int8 or uint8/);
  expect(run('quantizedBinary', inputs, { operation: 'div' })).toThrow(
    /no operation "div"; choose one of add, sub, mul/,
  );
});

describe('results of products', () => {
  const [x, w] = [random('uint8', [1, 3, 3, 5], 1), random('int8', [9, 5, 1, 1], 2)];
  const sums = convolution(x.data, [1, 1, 3, 3, 5], w.data, [9, 5, 1, 1, 1], null, {
    strides: [1, 1, 1],
    dilations: [1, 1, 1],
    groups: 1,
    paddingBefore: [0, 0, 0],
    paddingAfter: [0, 0, 0],
  });
  const zero = tensor(Uint8Array.of(100), []);
  const check = (factor: number, attributes: Attributes, value: (sum: number) => number) =>
    checkOperator({
      op: 'convInteger',
      attributes,
      inputs: [x, w, undefined, undefined, undefined, tensor(factor, []), zero],
      expected: exact([1, 3, 3, 9], Array.from(sums, value)),
    });

  it.each(['even', 'up', 'away'] as const)('are rounded half %s', (rounding) => {
    for (const factor of [2 ** -7, 2 ** -9]) {
      check(factor, { rounding }, (sum) => requantize(sum, factor, 100, 'uint8', rounding));
    }
  });

  it('are bounded as an activation bounds them', () => {
    const bounded = (sum: number) => Math.min(150, Math.max(100, requantize(sum, 0.01, 100, 'uint8')));
    check(0.01, { low: 100, high: 150 }, bounded);
  });

  it.each([1e4, 1e30, -1e30, 0])('saturate with a multiplier of %f', (factor) => {
    check(factor, {}, (sum) => requantize(sum, factor, 100, 'uint8'));
  });

  it('refuse a rounding that does not exist', () => {
    expect(() => check(1, { rounding: 'down' }, () => 0)).toThrow(/no rounding "down"; choose one of even, up, away/);
  });
});

describe.each(Object.entries(ByteDots))('where dot products of bytes are exact for: %s', (name, byteDots) => {
  // Seven bits: they are what they are for every engine, so that all of them can play each part.
  const low = { none: { uint8: 0, int8: -128 }, unsigned: { uint8: 0, int8: -128 }, signed: { uint8: 128, int8: 0 } };
  it.each(['uint8', 'int8'] as const)('%s', (dtype) => {
    const least = low[name as keyof typeof low][dtype];
    const x = random(dtype, [2, 5, 6, 7], 1);
    x.data.forEach((value, i) => {
      x.data[i] = least + (value & 127);
    });
    const w = random('int8', [13, 7, 3, 3], 2);
    const zero = new Tensor(dtype, [], newArray(dtype, 1).fill((least + 5) as never) as never);
    const geometry = { strides: [1, 1, 1], dilations: [1, 1, 1], groups: 1 } as const;
    const padding = { paddingBefore: [0, 1, 1], paddingAfter: [0, 1, 1] } as const;
    const inputs = Array.from(x.data, (value) => value - zero.data[0]);
    const sums = convolution(inputs, [2, 1, 5, 6, 7], w.data, [13, 7, 1, 3, 3], null, { ...geometry, ...padding });
    for (const binary of supportedBinaries.filter((one) => one === 'relaxed' || name === 'none')) {
      const graph = {
        inputs: [{ name: 'x', dtype, shape: [...x.shape] }],
        outputs: ['y'],
        nodes: [
          {
            name: 'y',
            op: 'convInteger',
            inputs: ['x', 'w', 'zero'],
            outputs: ['y'],
            attributes: { padding: [1, 1, 1, 1] },
          },
        ],
        constants: new Map<string, Tensor>([
          ['w', w],
          ['zero', zero],
        ]),
      };
      const [y] = runWatched(compiled(graph, { x }), { x }, binary, [1, 2], byteDots);
      expect([...y.data]).toEqual([...sums]);
    }
  });
});

it('any convolution', () => {
  const drawn = fc.record({
    extents: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.tuple(...[2, 2, 2, 2].map((max) => fc.integer({ min: 0, max }))),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 9 }),
    filters: fc.integer({ min: 1, max: 9 }),
    product: fc.constantFrom(...products),
  });
  fc.assert(
    fc.property(drawn, ({ extents, kernel, strides, padding, groups, channels, filters, product }) => {
      fc.pre(extents.every((extent, axis) => extent + padding[axis] + padding[axis + 2] >= kernel[axis]));
      const x = [1, ...extents, channels * groups];
      checkConv({ x, filters: filters * groups, kernel, strides, padding, groups, ...product }, filters % 2 === 0);
    }),
    { numRuns: 15 },
  );
});
