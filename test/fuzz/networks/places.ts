// Nodes that pick by index or by place: gathering, scattering, resizing, sampling; and those of 8 bits.

import { sizeOf } from '../../../src/shape.js';
import { Tensor } from '../../../src/tensor.js';
import { type Bound, type Draft, moved, smooth, UNIT, type Value } from './draft.js';

function indices(net: Draft, shape: readonly number[], extent: number, negative = true): Value {
  const low = negative && net.dice.once(3) ? -extent : 0;
  return net.parameter(net.random('int64', shape, low, extent - 1));
}

function gather(net: Draft): void {
  const { dice } = net;
  const x = net.pick(({ shape }) => shape.length > 0);
  if (!x) return;
  const axis = dice.integer(x.shape.length);
  const extent = x.shape[axis];
  const isPlain = dice.once(2);
  const shape = isPlain ? dice.any([[], [1], [3], [2, 2]]) : x.shape.with(axis, dice.from(1, 4));
  const index = indices(net, shape, extent);
  if (isPlain) {
    const result = [...x.shape.slice(0, axis), ...shape, ...x.shape.slice(axis + 1)];
    net.emit('Gather', [x, index], { shape: result, attributes: { axis }, bound: ofFirst, most: x.most });
  } else {
    net.emit('GatherElements', [x, index], { shape, attributes: { axis }, bound: ofFirst, most: x.most });
  }
}

const ofFirst: Bound = ([x]) => x.error;
const ofAll: Bound = ([x, , updates]) => Math.max(x.error, updates.error);

function gatherNd(net: Draft): void {
  const x = net.pick(({ shape }) => shape.length >= 2);
  if (!x) return;
  const depth = net.dice.from(1, x.shape.length);
  const count = net.dice.from(1, 3);
  const rows = net.dice.list(count, () => x.shape.slice(0, depth).map((extent) => net.dice.integer(extent))).flat();
  const shape = [count, ...x.shape.slice(depth)];
  net.emit('GatherND', [x, net.integers(rows, [count, depth])], { shape, bound: ofFirst, most: x.most });
}

function scatter(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats(({ shape }) => shape.length > 0);
  if (!x) return;
  if (dice.once(2)) {
    const axis = dice.integer(x.shape.length);
    // Each index once a row: the order of writes to one place is nobody's.
    const count = dice.from(1, x.shape[axis]);
    const shape = x.shape.with(axis, count);
    const inside = sizeOf(shape.slice(axis + 1));
    const order = dice.shuffle([...new Array(x.shape[axis]).keys()]);
    const places = Array.from({ length: sizeOf(shape) }, (_, i) => order[Math.floor(i / inside) % count]);
    const updates = net.floats(shape);
    const parts = [x, net.integers(places, shape), updates];
    net.emit('ScatterElements', parts, {
      shape: x.shape,
      attributes: { axis },
      bound: ofAll,
      most: Math.max(1, x.most),
    });
  } else {
    const places = dice.shuffle([...new Array(x.shape[0]).keys()]).slice(0, dice.from(1, x.shape[0]));
    const updates = net.floats([places.length, ...x.shape.slice(1)]);
    const parts = [x, net.integers(places, [places.length, 1]), updates];
    net.emit('ScatterND', parts, { shape: x.shape, bound: ofAll, most: Math.max(1, x.most) });
  }
}

function oneHot(net: Draft): void {
  const depth = net.dice.from(1, 6);
  const shape = net.dice.any([[3], [2, 2]]);
  const inputs = [indices(net, shape, depth), net.integers([depth], []), net.constant(net.random('float32', [2]))];
  net.emit('OneHot', inputs, { shape: [...shape, depth], dtype: 'float32', most: 4 });
}

const coordinates = ['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel', 'half_pixel_symmetric'];

function resize(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats(({ shape }) => shape.length === 4);
  if (!x) return;
  const mode = dice.any(['nearest', 'linear', 'linear', 'cubic']);
  const [n, c, h, w] = x.shape;
  // Factors whose coordinates float32 holds: what lies between two pixels does so for everybody.
  const scales = dice.list(2, () => dice.any([1, 2, 0.5, 4]));
  const shape = [n, c, Math.floor(h * scales[0]), Math.floor(w * scales[1])];
  const places = coordinates.slice(0, net.opset >= 19 ? 5 : 4);
  const coordinate =
    mode === 'nearest'
      ? dice.any(places.filter((place) => place !== 'align_corners' && place !== 'half_pixel_symmetric'))
      : dice.any(places);
  const attributes = {
    mode,
    coordinate_transformation_mode: coordinate,
    ...(mode === 'nearest' && { nearest_mode: dice.any(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) }),
    ...(mode === 'cubic' && dice.once(2) && { cubic_coeff_a: { float: -0.5 } }),
    ...(mode === 'cubic' && dice.once(3) && { exclude_outside: 1 }),
  };
  const factors = net.constant(new Tensor('float32', [4], Float32Array.of(1, 1, ...scales)));
  const inputs =
    dice.once(3) && shape.every((extent, axis) => extent === x.shape[axis] * [1, 1, ...scales][axis])
      ? [x, undefined, undefined, net.integers(shape)]
      : [x, undefined, factors];
  // Weights of cubics sum to 1, their magnitudes to less than 3.
  const bound: Bound =
    mode === 'nearest' ? moved : ([a]) => 3 * a.error + (60 + 8 * (h + w)) * UNIT * 2 * Math.max(1, a.most);
  net.emit('Resize', inputs, { shape, attributes, bound, most: 3 * x.most });
}

function gridSample(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats(({ shape }) => shape.length === 4);
  if (!x || net.opset < 16) return;
  const [n, c, h, w] = x.shape;
  const [rows, columns] = [dice.from(1, 5), dice.from(1, 5)];
  const grid = net.parameter(net.random('float32', [n, rows, columns, 2], -1.2, 1.2));
  const attributes = {
    ...(net.opset < 20 ? { mode: 'bilinear' } : { mode: 'linear' }),
    padding_mode: dice.any(['zeros', 'border', 'reflection']),
    align_corners: dice.integer(2),
  };
  // A coordinate's own roundings times the slope between two pixels.
  const bound: Bound = ([a]) => a.error + (32 + 16 * (h + w)) * UNIT * 2 * Math.max(1, a.most);
  net.emit('GridSample', [x, grid], { shape: [n, c, rows, columns], attributes, bound, most: x.most });
}

/** A scale that is a power of 2, so that no quotient lies near a tie for one engine alone. */
const scaleOf = (net: Draft) =>
  net.constant(new Tensor('float32', [], Float32Array.of(net.dice.any([1 / 16, 1 / 8, 1 / 4]))));
const zeroOf = (net: Draft, dtype: 'uint8' | 'int8') =>
  net.constant(net.random(dtype, [], dtype === 'uint8' ? 100 : -5, dtype === 'uint8' ? 140 : 5));

function quantize(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats(({ exact }) => exact);
  if (!x) return;
  const dtype = dice.any(['uint8', 'int8'] as const);
  const parameters = [scaleOf(net), zeroOf(net, dtype)];
  const q = net.emit('QuantizeLinear', [x, ...parameters], { shape: x.shape, dtype, most: 255 })!;
  if (dice.once(2)) net.emit('DequantizeLinear', [q, ...parameters], { shape: x.shape, dtype: 'float32', most: 70 });
}

function integerProducts(net: Draft): void {
  const { dice } = net;
  const x = net.pick(({ dtype, shape }) => (dtype === 'uint8' || dtype === 'int8') && shape.length >= 2);
  if (!x) return;
  const dtype = x.dtype as 'uint8' | 'int8';
  if (x.shape.length === 4 && dice.once(2)) {
    const [n, c, h, w] = x.shape;
    const size = Math.min(dice.any([1, 3]), h, w);
    const filters = dice.from(1, 6);
    const weights = net.constant(net.random('int8', [filters, c, size, size], -100, 100));
    const shape = [n, filters, h - size + 1, w - size + 1];
    if (dice.once(2)) {
      net.emit('ConvInteger', [x, weights, zeroOf(net, dtype)], { shape, dtype: 'int32', most: 2 ** 24 });
      return;
    }
    const [from, by, to] = [scaleOf(net), scaleOf(net), net.constant(new Tensor('float32', [], Float32Array.of(8)))];
    const bias = dice.once(2) ? net.constant(net.random('int32', [filters], -500, 500)) : undefined;
    const zero = net.constant(new Tensor('int8', [], Int8Array.of(0)));
    net.emit('QLinearConv', [x, from, zeroOf(net, dtype), weights, by, zero, to, zeroOf(net, dtype), bias], {
      shape,
      most: 255,
    });
    return;
  }
  const columns = dice.from(1, 9);
  const weights = net.constant(net.random(dtype, [x.shape.at(-1)!, columns], -100, 100));
  net.emit('MatMulInteger', [x, weights, zeroOf(net, dtype)], {
    shape: x.shape.with(-1, columns),
    dtype: 'int32',
    most: 2 ** 24,
  });
}

function dynamicQuantize(net: Draft): void {
  const x = net.pickFloats(({ exact }) => exact);
  if (!x) return;
  const [q, scale, zero] = net.emitAll(
    'DynamicQuantizeLinear',
    [x],
    [
      { shape: x.shape, dtype: 'uint8', most: 255 },
      { shape: [], dtype: 'float32' },
      { shape: [], dtype: 'uint8', most: 255 },
    ],
  )!;
  if (net.dice.once(2)) {
    net.emit('DequantizeLinear', [q, scale, zero], { shape: x.shape, dtype: 'float32', bound: smooth(1, 8) });
  }
}

export const places = [gather, gather, gatherNd, scatter, oneHot, resize, resize, gridSample];
export const quantized = [quantize, quantize, integerProducts, integerProducts, dynamicQuantize];
