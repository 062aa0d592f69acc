// Nodes of windows over images: convolutions and pools.

import { type Bound, type Draft, products, smooth, UNIT, type Value } from './draft.js';

type Attributes = Record<string, number | string | number[]>;

const product = (extents: readonly number[]) => extents.reduce((a, b) => a * b, 1);
const isImage = ({ shape }: Value) => shape.length >= 3 && shape.length <= 5;

interface Window {
  readonly kernel: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly pads: number[];
  readonly attributes: Attributes;
}

/** A random window over axes of these extents. */
function windowOver(
  { dice }: Draft,
  extents: readonly number[],
  { dilated = true, padsBelowKernel = false, sameMode = true } = {},
): Window {
  const rank = extents.length;
  const square = dice.once(2);
  const draw = (make: () => number) => (square ? new Array<number>(rank).fill(make()) : dice.list(rank, make));
  const kernel = draw(() => dice.any([1, 2, 3, 3, 3, 4, 5]));
  const strides = draw(() => dice.any([1, 1, 1, 2, 3]));
  // Some engines refuse the padding of windows that overlap nowhere, and that would be negative.
  const overlaps = kernel.every((extent, axis) => extent >= strides[axis]);
  const mode =
    sameMode && overlaps ? dice.any(['NOTSET', 'NOTSET', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']) : 'NOTSET';
  const dilations = dilated && !mode.startsWith('SAME') ? draw(() => dice.any([1, 1, 1, 2, 3])) : kernel.map(() => 1);
  const most = (axis: number) => (padsBelowKernel ? kernel[axis] - 1 : 3);
  const pads = mode === 'NOTSET' && !dice.once(3) ? dice.list(2 * rank, (i) => dice.from(0, most(i % rank))) : [];
  const attributes: Attributes = {};
  if (strides.some((stride) => stride !== 1) || dice.once(2)) attributes.strides = strides;
  if (dilations.some((dilation) => dilation !== 1)) attributes.dilations = dilations;
  if (pads.length > 0) attributes.pads = pads;
  else if (mode !== 'NOTSET') attributes.auto_pad = mode;
  return { kernel, strides, dilations, pads: pads.length > 0 ? pads : new Array<number>(2 * rank).fill(0), attributes };
}

const reach = ({ kernel, dilations }: Window, axis: number) => (kernel[axis] - 1) * dilations[axis] + 1;

function outputsOf(window: Window, extents: readonly number[], ceil = false): number[] {
  const { strides, pads, attributes } = window;
  const rank = extents.length;
  return extents.map((extent, axis) => {
    if (String(attributes.auto_pad).startsWith('SAME')) return Math.ceil(extent / strides[axis]);
    const room = extent + pads[axis] + pads[axis + rank] - reach(window, axis);
    if (room < 0) return 0;
    const count = (ceil ? Math.ceil(room / strides[axis]) : Math.floor(room / strides[axis])) + 1;
    // Engines disagree with themselves where the last window would begin behind the image.
    return ceil && (count - 1) * strides[axis] >= extent + pads[axis] ? 0 : count;
  });
}

function divisors(number: number): number[] {
  return Array.from({ length: number }, (_, i) => i + 1).filter((divisor) => number % divisor === 0);
}

function conv(net: Draft): void {
  const x = net.pickFloats(isImage);
  if (!x) return;
  const [n, c, ...extents] = x.shape;
  const { dice } = net;
  const groups = dice.once(2) ? 1 : dice.any(divisors(c));
  const filters = groups * dice.from(1, dice.once(4) ? 12 : 4);
  const window = windowOver(net, extents);
  const taps = (c / groups) * product(window.kernel);
  const scale = 2 / Math.sqrt(taps);
  const inputs = [x, net.floats([filters, c / groups, ...window.kernel], -scale, scale)];
  if (dice.once(2)) inputs.push(net.floats([filters]));
  const attributes = { ...window.attributes, ...(groups !== 1 && { group: groups }), kernel_shape: window.kernel };
  net.emit('Conv', inputs, {
    shape: [n, filters, ...outputsOf(window, extents)],
    attributes,
    bound: convolved(taps),
  });
}

/** By Winograd 60 roundings of the largest sum, which test/ops/convolution promises, come to those of a sum. */
const convolved =
  (taps: number): Bound =>
  (inputs, most) =>
    products(taps)(inputs, most) + 60 * UNIT * taps * inputs[0].most * inputs[1].most;

function convTranspose(net: Draft): void {
  const x = net.pickFloats((value) => isImage(value) && value.shape.length < 5);
  if (!x) return;
  const [n, c, ...extents] = x.shape;
  const { dice } = net;
  const groups = dice.once(2) ? 1 : dice.any(divisors(c));
  const filters = dice.from(1, 4);
  const window = windowOver(net, extents, { sameMode: false });
  const more = window.strides.map((stride) => (dice.once(3) ? dice.integer(stride) : 0));
  const shape = extents.map(
    (extent, axis) =>
      (extent - 1) * window.strides[axis] +
      more[axis] +
      reach(window, axis) -
      window.pads[axis] -
      window.pads[axis + extents.length],
  );
  const sums = (c / groups) * product(window.kernel);
  const inputs = [x, net.floats([c, filters, ...window.kernel])];
  if (dice.once(2)) inputs.push(net.floats([filters * groups]));
  net.emit('ConvTranspose', inputs, {
    shape: [n, filters * groups, ...shape],
    attributes: {
      ...window.attributes,
      ...(groups !== 1 && { group: groups }),
      ...(more.some((one) => one > 0) && { output_padding: more }),
    },
    bound: convolved(sums),
  });
}

function pool(net: Draft): void {
  const { dice } = net;
  const op = dice.any(['MaxPool', 'MaxPool', 'AveragePool', 'AveragePool', 'LpPool']);
  const x = net.pickFloats(isImage);
  if (!x) return;
  const [n, c, ...extents] = x.shape;
  const dilated = op === 'MaxPool' || (net.opset >= 19 && op === 'AveragePool');
  const window = windowOver(net, extents, { dilated, padsBelowKernel: true, sameMode: op !== 'LpPool' });
  // Of windows that see nothing but padding engines say what they like.
  if (window.dilations.some((dilation) => dilation > 1) && window.pads.some((pad) => pad > 0)) return;
  const attributes: Attributes = { ...window.attributes, kernel_shape: window.kernel };
  const ceil = op !== 'LpPool' && attributes.auto_pad === undefined && dice.once(4);
  if (ceil) attributes.ceil_mode = 1;
  if (op === 'AveragePool' && dice.once(2)) attributes.count_include_pad = 1;
  const shape = [n, c, ...outputsOf(window, extents, ceil)];
  const taps = product(window.kernel);
  if (op === 'MaxPool') net.emit(op, [x], { shape, attributes });
  else if (op === 'AveragePool') net.emit(op, [x], { shape, attributes, bound: smooth(1, taps + 4), most: x.most });
  else net.emit(op, [x], { shape, attributes, bound: smooth(Math.sqrt(taps), 2 * taps + 40) });
}

function globalPool(net: Draft): void {
  const op = net.dice.any(['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool']);
  const x = net.pickFloats(isImage);
  if (!x) return;
  const [n, c, ...extents] = x.shape;
  const shape = [n, c, ...extents.map(() => 1)];
  const cells = product(extents);
  if (op === 'GlobalMaxPool') net.emit(op, [x], { shape });
  else if (op === 'GlobalAveragePool') net.emit(op, [x], { shape, bound: smooth(1, cells + 4), most: x.most });
  else net.emit(op, [x], { shape, bound: smooth(Math.sqrt(cells), cells + 40) });
}

export const windows = [conv, conv, conv, convTranspose, pool, pool, globalPool];
