// Nodes that move elements, and those that compute with shapes.

import { sizeOf } from '../../../src/shape.js';
import { type Draft, elementTypes, type Value } from './draft.js';

const hasAxes =
  (least: number) =>
  ({ shape }: Value) =>
    shape.length >= least;

/** An axis of `shape`, counted from the end now and then. */
function axisOf({ dice }: Draft, shape: readonly number[]): [axis: number, said: number] {
  const axis = dice.integer(shape.length);
  return [axis, dice.once(3) ? axis - shape.length : axis];
}

function transpose(net: Draft): void {
  const x = net.pick(hasAxes(2));
  if (!x) return;
  const reversed = [...x.shape.keys()].reverse();
  const usual: Record<number, number[][]> = {
    3: [[0, 2, 1]],
    4: [
      [0, 2, 3, 1],
      [0, 3, 1, 2],
    ],
  };
  const known = usual[x.shape.length];
  const perm = known && net.dice.once(2) ? net.dice.any(known) : net.dice.shuffle([...reversed]);
  const isDefault = perm.join() === reversed.join() && net.dice.once(2);
  net.emit('Transpose', [x], {
    shape: perm.map((axis) => x.shape[axis]),
    attributes: isDefault ? {} : { perm },
  });
}

/** The extents of `count` axes with as many elements as `size`. */
function factors({ dice }: Draft, size: number): number[] {
  const shape: number[] = [];
  for (let rest = size; rest > 1; ) {
    const possible = Array.from({ length: rest }, (_, i) => i + 1).filter(
      (extent) => extent > 1 && rest % extent === 0,
    );
    const extent = shape.length === 3 ? rest : dice.any(possible);
    shape.push(extent);
    rest /= extent;
  }
  if (shape.length < 4 && dice.once(3)) shape.splice(dice.integer(shape.length + 1), 0, 1);
  return dice.shuffle(shape);
}

function reshape(net: Draft): void {
  const { dice } = net;
  const x = net.pick(() => true);
  if (!x) return;
  if (dice.once(5) && x.shape.length > 0) {
    const axis = dice.from(0, x.shape.length);
    const shape = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))];
    net.emit('Flatten', [x], { shape, attributes: { axis } });
    return;
  }
  const shape = factors(net, sizeOf(x.shape));
  const said = shape.map((extent, axis) => (extent === x.shape[axis] && dice.once(3) ? 0 : extent));
  if (said.length > 0 && dice.once(3)) said[dice.integer(said.length)] = -1;
  net.emit('Reshape', [x, net.integers(said)], { shape });
}

function squeeze(net: Draft): void {
  const { dice } = net;
  const isInput = net.opset >= 13;
  const emit = (op: string, x: Value, shape: number[], axes: number[]) =>
    net.emit(op, isInput ? [x, net.integers(axes)] : [x], { shape, attributes: isInput ? {} : { axes } });
  if (dice.once(2)) {
    const x = net.pick(({ shape }) => shape.length < 4);
    if (!x) return;
    const axis = dice.from(0, x.shape.length);
    emit('Unsqueeze', x, x.shape.toSpliced(axis, 0, 1), [dice.once(3) ? axis - x.shape.length - 1 : axis]);
  } else {
    const x = net.pick(({ shape }) => shape.includes(1));
    if (!x) return;
    const axis = dice.any([...x.shape.keys()].filter((each) => x.shape[each] === 1));
    emit('Squeeze', x, x.shape.toSpliced(axis, 1), [axis]);
  }
}

function concat(net: Draft): void {
  const { dice } = net;
  const x = net.pick((value) => hasAxes(1)(value) && value.dtype !== 'bool');
  if (!x) return;
  const [axis, said] = axisOf(net, x.shape);
  const rest = (shape: readonly number[]) => shape.with(axis, 0).join();
  const inputs = [x];
  for (let more = dice.from(0, 2); more > 0; more--) {
    const other = net.pick(
      ({ dtype, shape }) => dtype === x.dtype && shape.length === x.shape.length && rest(shape) === rest(x.shape),
    );
    const parameter = () => net.parameter(net.random(x.dtype, x.shape.with(axis, dice.from(1, 3)), -2, 2));
    inputs.push(other && dice.once(2) ? other : parameter());
  }
  const extent = inputs.reduce((total, { shape }) => total + shape[axis], 0);
  net.emit('Concat', dice.shuffle(inputs), { shape: x.shape.with(axis, extent), attributes: { axis: said } });
}

function split(net: Draft): void {
  const { dice } = net;
  const x = net.pick(({ shape }) => shape.some((extent) => extent > 1));
  if (!x) return;
  const axis = dice.any([...x.shape.keys()].filter((each) => x.shape[each] > 1));
  const first = dice.from(1, x.shape[axis] - 1);
  const sizes = [first, x.shape[axis] - first];
  const isInput = net.opset >= 13;
  const results = sizes.map((extent) => ({
    shape: x.shape.with(axis, extent),
    attributes: { axis, ...(!isInput && { split: sizes }) },
  }));
  net.emitAll('Split', isInput ? [x, net.integers(sizes)] : [x], results);
}

function slice(net: Draft): void {
  const { dice } = net;
  const x = net.pick((value) => hasAxes(1)(value));
  if (!x) return;
  const axes = dice.shuffle([...x.shape.keys()]).slice(0, dice.from(1, Math.min(2, x.shape.length)));
  const shape = [...x.shape];
  const [starts, ends, steps]: number[][] = [[], [], []];
  for (const axis of axes) {
    const extent = x.shape[axis];
    const step = dice.any([1, 1, 1, 2, -1, 3]);
    const length = dice.from(1, extent);
    const from = dice.from(0, extent - length);
    const count = Math.ceil(length / Math.abs(step));
    starts.push(step > 0 ? from : from + length - 1);
    const end = step > 0 ? from + length : from - 1;
    ends.push(end < 0 ? -extent - 1 : end === extent && dice.once(2) ? 2 ** 31 : end);
    steps.push(step);
    shape[axis] = count;
  }
  const said = axes.map((axis) => (dice.once(3) ? axis - x.shape.length : axis));
  net.emit('Slice', [x, ...[starts, ends, said, steps].map((list) => net.integers(list))], { shape });
}

function pad(net: Draft): void {
  const { dice } = net;
  const x = net.pick((value) => hasAxes(1)(value) && value.dtype !== 'bool');
  if (!x) return;
  const modes = ['constant', 'constant', 'edge', 'reflect', ...(net.opset >= 19 ? ['wrap'] : [])];
  const mode = dice.any(modes);
  const most = (extent: number) =>
    mode === 'constant' || mode === 'edge' ? 3 : Math.min(3, mode === 'wrap' ? extent : extent - 1);
  const rank = x.shape.length;
  const pads = dice.list(2 * rank, (i) => (dice.once(2) ? 0 : dice.from(0, most(x.shape[i % rank]))));
  if (mode === 'constant' && dice.once(4)) {
    const axis = dice.integer(rank);
    if (x.shape[axis] > 1) pads[axis] = -1;
  }
  const shape = x.shape.map((extent, axis) => extent + pads[axis] + pads[axis + rank]);
  const value =
    mode === 'constant' && dice.once(2)
      ? net.parameter(net.random(x.dtype, [], x.dtype === 'uint8' ? 0 : -2, 2))
      : undefined;
  net.emit('Pad', [x, net.integers(pads), value], { shape, attributes: { mode }, most: Math.max(2, x.most) });
}

function expand(net: Draft): void {
  const { dice } = net;
  const x = net.pick(({ shape, dtype }) => dtype !== 'bool' && shape.length <= 4);
  if (!x) return;
  if (dice.once(2)) {
    const repeats = x.shape.map(() => dice.any([1, 1, 2, 3]));
    if (repeats.length === 0) return;
    net.emit('Tile', [x, net.integers(repeats)], { shape: x.shape.map((extent, axis) => extent * repeats[axis]) });
    return;
  }
  const wider = x.shape.map((extent) => (extent === 1 ? dice.from(1, 4) : extent));
  if (wider.length < 4 && dice.once(2)) wider.unshift(dice.from(1, 3));
  const said = wider.map((extent, axis) => (x.shape.at(axis - wider.length) === extent && dice.once(3) ? 1 : extent));
  net.emit('Expand', [x, net.integers(said)], { shape: wider });
}

function spaceAndDepth(net: Draft): void {
  const { dice } = net;
  const isImage = ({ shape }: Value) => shape.length === 4;
  if (dice.once(2)) {
    const x = net.pickFloats((value) => isImage(value) && value.shape[1] % 4 === 0);
    if (!x) return;
    const [n, c, h, w] = x.shape;
    const attributes = { blocksize: 2, ...(dice.once(2) && { mode: dice.any(['DCR', 'CRD']) }) };
    net.emit('DepthToSpace', [x], { shape: [n, c / 4, 2 * h, 2 * w], attributes });
  } else {
    const x = net.pickFloats((value) => isImage(value) && value.shape[2] % 2 === 0 && value.shape[3] % 2 === 0);
    if (!x) return;
    const [n, c, h, w] = x.shape;
    net.emit('SpaceToDepth', [x], { shape: [n, 4 * c, h / 2, w / 2], attributes: { blocksize: 2 } });
  }
}

/** A shape as a value, and what is made of it. */
function shapes(net: Draft): void {
  const { dice } = net;
  const x = net.pick(hasAxes(1));
  if (!x) return;
  const shape = net.emit('Shape', [x], { shape: [x.shape.length], dtype: 'int64', most: Math.max(...x.shape) })!;
  switch (dice.integer(3)) {
    case 0: {
      const value = { dims: [1], dataType: elementTypes.float32, floats: [dice.from(-2, 2)] };
      net.emit('ConstantOfShape', [shape], { shape: x.shape, dtype: 'float32', attributes: { value }, most: 2 });
      break;
    }
    case 1: {
      // What exporters write for a flattening.
      const first = net.emit('Slice', [shape, net.integers([0]), net.integers([1])], { shape: [1] })!;
      const target = net.emit('Concat', [first, net.integers([-1])], { shape: [2], attributes: { axis: 0 } })!;
      net.emit('Reshape', [x, target], { shape: [x.shape[0], sizeOf(x.shape.slice(1))], most: x.most });
      break;
    }
    default:
      net.emit('Size', [x], { shape: [], dtype: 'int64', most: sizeOf(x.shape) });
  }
}

function range(net: Draft): void {
  const [from, count, by] = [net.dice.from(-5, 5), net.dice.from(1, 8), net.dice.any([1, 2, -1])];
  const bounds = [from, from + count * by, by].map((bound) => net.integers([bound], []));
  net.emit('Range', bounds, { shape: [count], most: 30 });
}

function centre(net: Draft): void {
  const x = net.pickFloats(hasAxes(2));
  if (!x || net.opset < 18) return;
  const axes = [x.shape.length - 1];
  const extent = net.dice.from(1, 9);
  net.emit('CenterCropPad', [x, net.integers([extent])], { shape: x.shape.with(-1, extent), attributes: { axes } });
}

export const layout = [
  ...[transpose, transpose, reshape, reshape, squeeze, concat, concat, split, slice, slice],
  ...[pad, pad, expand, spaceAndDepth, shapes, range, centre],
];
