// Nodes of products and sums: matrices, reductions, normalisation.

import { sizeOf } from '../../../src/shape.js';
import { type Bound, type Draft, products, smooth, UNIT, type Value } from './draft.js';

function matmul(net: Draft): void {
  const { dice } = net;
  const a = net.pickFloats(({ shape }) => shape.length >= 2 && shape.length <= 4);
  if (!a) return;
  const inner = a.shape.at(-1)!;
  const columns = dice.from(1, dice.once(3) ? 20 : 6);
  const scale = 2 / Math.sqrt(inner);
  const batch = dice.once(2) ? [] : a.shape.slice(0, -2).map((extent) => (dice.once(3) ? 1 : extent));
  const b = net.floats([...batch, inner, columns], -scale, scale);
  net.emit('MatMul', [a, b], { shape: a.shape.with(-1, columns), bound: products(inner) });
}

/** softmax(a b^T) c, as attention has it. */
function attention(net: Draft): void {
  const q = net.pickFloats(({ shape }) => (shape.length === 3 || shape.length === 4) && sizeOf(shape) <= 1500);
  if (!q) return;
  const inner = q.shape.at(-1)!;
  const perm = [...q.shape.keys()];
  perm.push(...perm.splice(-2).reverse());
  const rows = q.shape.at(-2)!;
  const k = net.emit('Transpose', [q], { shape: perm.map((axis) => q.shape[axis]), attributes: { perm } });
  const scores = k && net.emit('MatMul', [q, k], { shape: q.shape.with(-1, rows), bound: products(inner) });
  const weights =
    scores &&
    net.emit('Softmax', [scores], { shape: scores.shape, bound: smooth(2, 32), most: 1, attributes: { axis: -1 } });
  if (weights) net.emit('MatMul', [weights, q], { shape: q.shape, bound: products(rows), most: q.most });
}

function gemm(net: Draft): void {
  const { dice } = net;
  const a = net.pickFloats(({ shape }) => shape.length === 2);
  if (!a) return;
  const [transA, transB] = [dice.integer(2), dice.integer(2)];
  const [rows, inner] = transA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
  const columns = dice.from(1, 12);
  const scale = 2 / Math.sqrt(inner);
  const b = net.floats(transB ? [columns, inner] : [inner, columns], -scale, scale);
  const c = dice.once(3) ? undefined : net.floats(dice.any([[columns], [1, columns], [rows, columns], [], [rows, 1]]));
  const [alpha, beta] = [dice.any([1, 0.5, 2]), dice.any([1, 0.5, 2])];
  const sums = products(inner);
  net.emit('Gemm', [a, b, c], {
    shape: [rows, columns],
    attributes: {
      ...(transA && { transA }),
      ...(transB && { transB }),
      ...(alpha !== 1 && { alpha: { float: alpha } }),
      ...(beta !== 1 && { beta: { float: beta } }),
    },
    bound: (inputs, most) => 2 * sums(inputs, most) + 4 * UNIT * most,
  });
}

const equations: readonly [string, (shape: readonly number[]) => readonly [number[], number[], number]][] = [
  ['bij,bjk->bik', ([b, i, j]) => [[b, j, 3], [b, i, 3], j]],
  ['bij,kj->bik', ([b, i, j]) => [[3, j], [b, i, 3], j]],
  ['bij,bij->bi', ([b, i, j]) => [[b, i, j], [b, i], j]],
  ['bij,j->ib', ([b, i, j]) => [[j], [i, b], j]],
  ['bij,bik->bjk', ([b, i, j]) => [[b, i, 2], [b, j, 2], i]],
  ['bij,k->bijk', ([b, i, j]) => [[2], [b, i, j, 2], 1]],
];

function einsum(net: Draft): void {
  const a = net.pickFloats(({ shape }) => shape.length === 3);
  if (!a) return;
  const [equation, shapes] = net.dice.any(equations);
  const [other, shape, count] = shapes(a.shape);
  net.emit('Einsum', [a, net.floats(other)], { shape, attributes: { equation }, bound: products(count) });
}

const reductions = ['Sum', 'Mean', 'Max', 'Min', 'L1', 'L2', 'SumSquare', 'LogSumExp', 'Prod'];

function reduce(net: Draft): void {
  const { dice } = net;
  const kind = dice.any(reductions);
  const x = net.pickFloats((value) => value.shape.length > 0 && (kind !== 'LogSumExp' || value.most < 30));
  if (!x) return;
  const axes = dice
    .shuffle([...x.shape.keys()])
    .slice(0, dice.from(1, x.shape.length))
    .sort((a, b) => a - b);
  const keep = dice.once(2);
  const all = axes.length === x.shape.length && dice.once(2);
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  if (kind === 'Prod' && (count > 6 || x.most > 8)) return;
  const shape = keep
    ? x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  const said = axes.map((axis) => (dice.once(3) ? axis - x.shape.length : axis));
  const asInput = net.opset >= (kind === 'Sum' ? 13 : 18);
  const attributes = { ...(!keep && { keepdims: 0 }), ...(!asInput && !all && { axes: said }) };
  const roundings = (8 * Math.sqrt(count) + 24) * UNIT;
  const summed: Bound = ([a]) => count * (a.error + roundings * a.most);
  const bounds: Record<string, Bound> = {
    Sum: summed,
    L1: summed,
    Mean: ([a]) => a.error + roundings * a.most,
    SumSquare: ([a]) => count * (2 * a.most + a.error) * a.error + count * roundings * a.most ** 2,
    // The root of a sum that is about 0 isn't smooth: its own error is that of the sum's root.
    L2: ([a]) => Math.sqrt(count) * a.error + 2 * roundings * Math.sqrt(count) * a.most,
    LogSumExp: ([a], most) => a.error + roundings * Math.max(1, most, a.most),
    Prod: ([a]) => count * Math.max(1, a.most) ** (count - 1) * (a.error + 2 * UNIT * Math.max(1, a.most)),
  };
  net.emit(`Reduce${kind}`, asInput && !all ? [x, net.integers(said)] : [x], {
    shape,
    attributes,
    ...(bounds[kind] && { bound: bounds[kind] }),
  });
}

function reduceIntegers(net: Draft): void {
  const x = net.pick(
    ({ dtype, shape, most }) => (dtype === 'int32' || dtype === 'int64') && shape.length > 0 && most < 100,
  );
  if (!x) return;
  const axis = net.dice.integer(x.shape.length);
  const kind = net.dice.any(['Sum', 'Max', 'Min']);
  const asInput = net.opset >= (kind === 'Sum' ? 13 : 18);
  net.emit(`Reduce${kind}`, asInput ? [x, net.integers([axis])] : [x], {
    shape: x.shape.with(axis, 1),
    attributes: asInput ? {} : { axes: [axis] },
    most: x.most * x.shape[axis],
  });
}

function softmax(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats(({ shape }) => shape.length > 0);
  if (!x) return;
  const axis = dice.from(-x.shape.length, x.shape.length - 1);
  const log = dice.once(4);
  net.emit(log ? 'LogSoftmax' : 'Softmax', [x], {
    shape: x.shape,
    attributes: { axis },
    bound: log
      ? ([a]) => 2 * a.error + 64 * UNIT * Math.max(1, 2 * a.most)
      : ([a]) => 2 * a.error + 32 * UNIT * Math.max(1, a.most),
    ...(!log && { most: 1 }),
  });
}

/** Statistics divide by deviations: at least the root of epsilon, which is large enough here to bound the slope. */
const EPSILON = 0.125;

/** Error of (x - mean) / sqrt(variance + EPSILON) * scale + bias over `count` elements. */
const normalised =
  (count: number): Bound =>
  ([x, scale, bias], most) => {
    const slope = 4 / Math.sqrt(EPSILON);
    const rounding = (8 * Math.sqrt(count) + 64) * UNIT;
    const own = slope * (x.error * (1 + x.most) + rounding * x.most * (1 + x.most));
    return (
      own * Math.max(1, scale?.most ?? 1) +
      (scale?.error ?? 0) * Math.sqrt(count) +
      (bias?.error ?? 0) +
      8 * UNIT * most
    );
  };

function batchNorm(net: Draft): void {
  const x = net.pickFloats(({ shape }) => shape.length >= 2 && shape.length <= 5);
  if (!x) return;
  const vector = (low: number, high: number) => net.floats([x.shape[1]], low, high);
  const parameters = [vector(0.5, 1.5), vector(-1, 1), vector(-1, 1), vector(0.5, 2)];
  net.emit('BatchNormalization', [x, ...parameters], {
    shape: x.shape,
    bound: ([a], most) => 2.2 * a.error + 16 * UNIT * (2.2 * (a.most + 1) + 1 + most),
    most: 2.2 * (x.most + 1) + 1,
  });
}

function ownStatistics(net: Draft): void {
  const { dice } = net;
  const x = net.pickFloats(({ shape, most }) => shape.length >= 3 && most < 1000);
  if (!x) return;
  const epsilon = { float: EPSILON };
  const [n, c, ...extents] = x.shape;
  const pair = (size: readonly number[]) => [net.floats(size), net.floats(size)];
  const op = dice.any(['InstanceNormalization', 'LayerNormalization', 'GroupNormalization', 'LpNormalization']);
  if (op === 'InstanceNormalization' && extents.length > 0) {
    net.emit(op, [x, ...pair([c])], { shape: x.shape, attributes: { epsilon }, bound: normalised(sizeOf(extents)) });
  } else if (op === 'LayerNormalization' && net.opset >= 17) {
    const axis = dice.from(1, x.shape.length - 1);
    const shape = x.shape.slice(axis);
    net.emit(op, [x, ...pair(shape)], {
      shape: x.shape,
      attributes: { axis, epsilon },
      bound: normalised(sizeOf(shape)),
    });
  } else if (op === 'GroupNormalization' && net.opset >= 21) {
    const groups = dice.any(Array.from({ length: c }, (_, i) => i + 1).filter((count) => c % count === 0));
    net.emit(op, [x, ...pair([c])], {
      shape: x.shape,
      attributes: { epsilon, num_groups: groups },
      bound: normalised((sizeOf(extents) * c) / groups),
    });
  } else if (op === 'LpNormalization' && x.exact && n > 0) {
    // Of exact elements alone: near a norm of 0 the quotient isn't smooth.
    const p = dice.from(1, 2);
    net.emit(op, [x], { shape: x.shape, attributes: { p, axis: -1 }, bound: smooth(0, 64), most: 1 });
  }
}

function responseNorm(net: Draft): void {
  const x = net.pickFloats(({ shape, most }) => shape.length === 4 && most < 100);
  if (!x) return;
  const size = net.dice.any([1, 3, 5]);
  const attributes = { size, alpha: { float: 0.01 }, beta: { float: 0.75 }, bias: { float: 1 } };
  // d/dx of x (1 + a s)^-b with s = sum x^2 / size: at most 1 + 2 a b |x|^2.
  const bound: Bound = ([a], most) => (1 + 0.03 * a.most ** 2) * a.error + 80 * UNIT * Math.max(1, most);
  net.emit('LRN', [x], { shape: x.shape, attributes, bound, most: x.most });
}

function cumulative(net: Draft): void {
  const { dice } = net;
  const x = net.pick(
    ({ dtype, shape, most }) => (dtype === 'float32' || dtype === 'int64') && shape.length > 0 && most < 1000,
  );
  if (!x) return;
  const axis = dice.integer(x.shape.length);
  const extent = x.shape[axis];
  const attributes = { ...(dice.once(2) && { exclusive: 1 }), ...(dice.once(2) && { reverse: 1 }) };
  const bound: Bound | undefined =
    x.dtype === 'float32' ? ([a]) => extent * a.error + extent * (extent + 2) * UNIT * a.most : undefined;
  net.emit('CumSum', [x, net.integers([axis], [])], { shape: x.shape, attributes, bound, most: extent * x.most });
}

const isOrdered = ({ dtype, shape, exact }: Value) => dtype === 'float32' && exact && shape.length > 0;

function order(net: Draft): void {
  const { dice } = net;
  const x = net.pick(isOrdered);
  if (!x) return;
  const axis = dice.integer(x.shape.length);
  if (dice.once(2)) {
    const keep = dice.once(2);
    net.emit(dice.any(['ArgMax', 'ArgMin']), [x], {
      shape: keep ? x.shape.with(axis, 1) : x.shape.toSpliced(axis, 1),
      dtype: 'int64',
      attributes: { axis, ...(!keep && { keepdims: 0 }), ...(dice.once(3) && { select_last_index: 1 }) },
      most: x.shape[axis],
    });
    return;
  }
  const k = dice.from(1, x.shape[axis]);
  const shape = x.shape.with(axis, k);
  const attributes = { axis, ...(dice.once(2) && { largest: 0 }) };
  net.emitAll(
    'TopK',
    [x, net.integers([k])],
    [
      { shape, attributes, most: x.most },
      { shape, dtype: 'int64', most: x.shape[axis] },
    ],
  );
}

function hardmax(net: Draft): void {
  const x = net.pick(isOrdered);
  if (x) net.emit('Hardmax', [x], { shape: x.shape, attributes: { axis: -1 }, most: 1 });
}

export const sums = [
  ...[matmul, matmul, gemm, attention, einsum, reduce, reduce, reduceIntegers, softmax],
  ...[batchNorm, batchNorm, ownStatistics, responseNorm, cumulative, order, hardmax],
];
