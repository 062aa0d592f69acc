// Parts of transformers: attention, rotated embeddings, caches.

import { sameRank, sameShapeAs } from '../../ops/lowering/partialShapes.js';
import { normalizeAxis } from '../../shape.js';
import type { Definition, Parts } from './definition.js';

/** Input `index` as [N, heads, length, size]; those of three axes have all heads in the last one. */
function byHeads(parts: Parts, index: number, heads: number): { value: string; shape: readonly number[] } {
  const shape = parts.shape(index);
  const value = parts.input(index);
  if (shape.length === 4) return { value, shape };
  const [batch, length, all] = shape;
  if (shape.length !== 3 || !(heads > 0) || all % heads !== 0) {
    throw parts.mismatch(`input ${index} of [${shape}] isn't of ${heads} heads`);
  }
  const size = all / heads;
  const split = parts.reshape(value, [batch, length, heads, size]);
  return { value: parts.transpose(split, [0, 2, 1, 3]), shape: [batch, heads, length, size] };
}

interface Places {
  readonly queries: number;
  readonly keys: number;
  readonly past: number;
}

/** Whether each query sees each key, for what isn't seen by all: bools that broadcast to [N, heads, queries, keys]. */
function visible(parts: Parts, { queries, keys, past }: Places): string[] {
  const causal = parts.attributes.causal === true;
  const [left, right] = [parts.number('left', -1), parts.number('right', -1)];
  const lengths = parts.has(6)
    ? parts.reshape(parts.cast(parts.input(6), 'int64'), [parts.shape(6)[0], 1, 1, 1])
    : undefined;
  const key = parts.integers([...new Array(keys).keys()], [1, 1, 1, keys]);
  const rows = (offset: number) =>
    parts.integers(
      Array.from({ length: queries }, (_, row) => row + offset),
      [1, 1, queries, 1],
    );
  // Where the queries are among the keys.
  const place = () => (lengths === undefined ? rows(past) : parts.binary('add', lengths, rows(-queries)));
  const shifted = (by: number) => (by === 0 ? place() : parts.binary('add', place(), parts.scalar(by, 'int64')));
  const rules: string[] = [];
  if (lengths !== undefined) rules.push(parts.compare('less', key, lengths));
  if (causal) rules.push(parts.compare('lessOrEqual', key, place()));
  if (left >= 0) rules.push(parts.compare('greaterOrEqual', key, shifted(-left)));
  if (right >= 0) rules.push(parts.compare('lessOrEqual', key, shifted(right)));
  return rules;
}

/** The mask that is given (input 3), over all keys: those that it lacks aren't seen. */
function givenMask(parts: Parts, keys: number): { value: string; isBool: boolean } {
  const { dtype, shape } = parts.type(3);
  const isBool = dtype === 'bool';
  const lacking = keys - shape.at(-1)!;
  if (lacking <= 0) return { value: parts.input(3), isBool };
  const padding = new Array<number>(2 * shape.length).fill(0);
  padding[padding.length - 1] = lacking;
  const value = isBool ? 0 : Number.NEGATIVE_INFINITY;
  return { value: parts.apply('pad', [parts.input(3)], { mode: 'constant', padding, value }), isBool };
}

/**
 * ONNX's Attention. Inputs: queries, keys, values, mask, past keys, past values, how many keys count. Heads of keys that several heads of
 * queries share are multiplied with all of these at once.
 */
const attention: Definition = {
  needs: 3,
  partialShapes: ([queries]) => [queries && new Array<undefined>(queries.length).fill(undefined)],
  build(parts) {
    const isFlat = parts.shape(0).length === 3;
    const q = byHeads(parts, 0, parts.number('queryHeads'));
    const [k, v] = [1, 2].map((index) => byHeads(parts, index, parts.number('keyHeads')));
    const joined = (past: number, { value, shape }: { value: string; shape: readonly number[] }) => {
      if (!parts.has(past)) return { value, shape };
      const { length: rank, 2: before } = parts.shape(past);
      if (rank !== 4) throw parts.mismatch(`input ${past} of [${parts.shape(past)}] isn't [N, heads, length, size]`);
      return {
        value: parts.apply('concat', [parts.input(past), value], { axis: 2 }),
        shape: shape.with(2, shape[2] + before),
      };
    };
    const [keys, values] = [joined(4, k), joined(5, v)];
    const [batch, heads, queries, size] = q.shape;
    const [, keyHeads, length] = keys.shape;
    const shared = heads / keyHeads;
    if (!Number.isInteger(shared))
      throw parts.mismatch(`${heads} heads of queries don't share ${keyHeads} heads of keys`);
    const scale = Math.sqrt(parts.number('scale', 1 / Math.sqrt(size)));
    const grouped = parts.reshape(parts.scaled(q.value, scale), [batch, keyHeads, shared * queries, size]);
    const turned = parts.transpose(parts.scaled(keys.value, scale), [0, 1, 3, 2]);
    const scores = parts.reshape(parts.matmul(grouped, turned), [batch, heads, queries, length]);
    const cap = parts.number('softCap');
    const capped =
      cap === 0 ? scores : parts.scaled(parts.activation('tanh', parts.binary('div', scores, parts.scalar(cap))), cap);
    const rules = visible(parts, { queries, keys: length, past: length - k.shape[2] });
    let biased = capped;
    if (parts.has(3)) {
      const mask = givenMask(parts, length);
      if (mask.isBool) rules.push(mask.value);
      else biased = parts.binary('add', biased, mask.value);
    }
    if (rules.length > 0) {
      const seen = rules.reduce((all, rule) => parts.apply('logical', [all, rule], { operation: 'and' }));
      biased = parts.where(seen, biased, parts.scalar(Number.NEGATIVE_INFINITY));
    }
    let shares = parts.apply('softmax', [biased], { axis: 3 });
    if (biased !== capped) {
      const most = parts.reduce('max', biased, [3]);
      const none = parts.compare('equal', most, parts.scalar(Number.NEGATIVE_INFINITY));
      shares = parts.where(none, parts.scalar(0), shares);
    }
    const sums = parts.matmul(parts.reshape(shares, [batch, keyHeads, shared * queries, length]), values.value);
    const result = parts.reshape(sums, [batch, heads, queries, values.shape[3]]);
    const flat = () => parts.reshape(parts.transpose(result, [0, 2, 1, 3]), [batch, queries, heads * values.shape[3]]);
    const inside = [scores, capped, biased, shares][parts.number('inside')];
    return [isFlat ? flat() : result, keys.value, values.value, inside];
  },
};

/** ONNX's RotaryEmbedding. Inputs: x [N, heads, length, size] or [N, length, all], cosines, sines, positions. */
const rotaryEmbedding: Definition = {
  needs: 3,
  partialShapes: sameShapeAs,
  build(parts) {
    const shape = parts.shape(0);
    const isFlat = shape.length === 3;
    const heads = isFlat ? parts.number('heads') : shape[1];
    if (isFlat && !(heads > 0 && shape[2] % heads === 0)) throw parts.mismatch(`[${shape}] isn't of ${heads} heads`);
    const [batch, length] = isFlat ? shape : [shape[0], shape[2]];
    const size = isFlat ? shape[2] / heads : shape[3];
    const x = isFlat
      ? parts.reshape(parts.input(0), [batch, length, heads, size])
      : parts.transpose(parts.input(0), [0, 2, 1, 3]);
    const turned = parts.number('rotated') || size;
    const half = turned / 2;
    const angles = (index: number) => {
      const rows = parts.has(3)
        ? parts.apply('gather', [parts.input(index), parts.input(3)], { axis: 0 })
        : parts.input(index);
      return parts.apply('unsqueeze', [rows], { axes: [2] });
    };
    const [cosines, sines] = [angles(1), angles(2)];
    const moving = turned === size ? x : parts.slice(x, 3, 0, turned);
    const interleaved = parts.attributes.interleaved === true;
    const pairs = interleaved ? parts.reshape(moving, [batch, length, heads, half, 2]) : moving;
    const side = (at: 0 | 1) =>
      interleaved
        ? parts.reshape(parts.slice(pairs, 4, at, at + 1), [batch, length, heads, half])
        : parts.slice(pairs, 3, at * half, (at + 1) * half);
    const [first, second] = [side(0), side(1)];
    const times = (a: string, b: string) => parts.binary('mul', a, b);
    const real = parts.binary('sub', times(cosines, first), times(sines, second));
    const imaginary = parts.binary('add', times(sines, first), times(cosines, second));
    const stacked = (value: string) => parts.reshape(value, [batch, length, heads, half, 1]);
    const rotated = interleaved
      ? parts.reshape(parts.apply('concat', [stacked(real), stacked(imaginary)], { axis: 4 }), [
          batch,
          length,
          heads,
          turned,
        ])
      : parts.apply('concat', [real, imaginary], { axis: 3 });
    const whole =
      turned === size ? rotated : parts.apply('concat', [rotated, parts.slice(x, 3, turned, size)], { axis: 3 });
    return [isFlat ? parts.reshape(whole, shape) : parts.transpose(whole, [0, 2, 1, 3])];
  },
};

/** ONNX's TensorScatter. Inputs: a cache [N, ...], what is written into it, from where on for each image. */
const tensorScatter: Definition = {
  needs: 2,
  partialShapes: sameShapeAs,
  build(parts) {
    const [shape, update] = [parts.shape(0), parts.shape(1)];
    const axis = normalizeAxis(parts.number('axis', -2), shape.length);
    const steps = parts.integers(
      [...new Array(update[axis]).keys()],
      update.map((extent, at) => (at === axis ? extent : 1)),
    );
    let places = steps;
    if (parts.has(2)) {
      const starts = parts.reshape(parts.cast(parts.input(2), 'int64'), [shape[0], ...shape.slice(1).fill(1)]);
      places = parts.binary('add', steps, starts);
    }
    if (parts.attributes.circular === true) places = parts.binary('mod', places, parts.scalar(shape[axis], 'int64'));
    const indices = parts.apply('expand', [places], { shape: update });
    return [parts.apply('scatterElements', [parts.input(0), indices, parts.input(1)], { axis, reduction: 'none' })];
  },
};

/** ONNX's CausalConvWithState. Inputs: x [N, C, L], filters [C, 1, K], bias, the K - 1 values before x. */
const causalConv: Definition = {
  needs: 2,
  partialShapes: (inputs) => [...sameRank(inputs), ...sameRank(inputs)],
  build(parts) {
    const [batch, channels, length] = parts.shape(0);
    const before = parts.shape(1)[2] - 1;
    const past = parts.has(3)
      ? parts.input(3)
      : parts.apply('expand', [parts.scalar(0)], { shape: [batch, channels, before] });
    const signal = before === 0 ? parts.input(0) : parts.apply('concat', [past, parts.input(0)], { axis: 2 });
    const inputs = [parts.transpose(signal, [0, 2, 1]), parts.input(1), ...(parts.has(2) ? [parts.input(2)] : [])];
    const sums = parts.apply('conv', inputs, { strides: [1], dilations: [1], padding: [0, 0], groups: channels });
    const activated = parts.attributes.silu === true ? parts.activation('silu', sums) : sums;
    return [parts.transpose(activated, [0, 2, 1]), parts.slice(signal, 2, length, length + before)];
  },
};

export const transformers = { attention, rotaryEmbedding, tensorScatter, causalConv };
