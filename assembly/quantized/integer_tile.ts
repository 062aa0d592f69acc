// Register tiles of integer_conv: four windows times eight filters.
import { PANEL } from "../matmul/panel_layout";
import { dotBytes } from "../primitives/integer_dot";
import { storeBytes } from "../primitives/tail";
import { IntegerConvArgs } from "./integer_arguments";
import { LIST_OFFSET, WINDOW_BYTES } from "./integer_layout";
import { byteAt, cutBytes, MAGIC_BITS, scaled, scaledAny } from "./requantize";

/** Windows of a tile. */
export const TILE_WINDOWS: i32 = 4;

/** What is multiplied, and what becomes of it. */
const enum Form {
  pairs,
  quads,
  /** Of pairs. */
  sums,
}

// In scratch.
const FACTORS: i32 = 32;
/** Four windows times eight filters. */
export const TILE: i32 = 64;

/** The first `count` windows that `scratch` lists times one panel of filters, where every window's elements are `quads` fours. */
export function multiplyPairs(
  args: IntegerConvArgs,
  weights: usize,
  quads: i32,
  scratch: usize,
  count: i32,
  filter: i32,
  output: usize,
  isPlain: bool,
): void {
  const list = scratch + LIST_OFFSET;
  const end = list + count * WINDOW_BYTES;
  for (let at = list; at < end; at += TILE_WINDOWS * WINDOW_BYTES) {
    multiply(args, weights, quads, scratch, at, 0, filter, output, isPlain, Form.pairs);
  }
}

/** The same for quads of bytes. */
export function multiplyQuads(
  args: IntegerConvArgs,
  weights: usize,
  quads: i32,
  scratch: usize,
  count: i32,
  filter: i32,
  output: usize,
  isPlain: bool,
): void {
  if (!ASC_FEATURE_RELAXED_SIMD) return;
  const list = scratch + LIST_OFFSET;
  const end = list + count * WINDOW_BYTES;
  for (let at = list; at < end; at += TILE_WINDOWS * WINDOW_BYTES) {
    multiply(args, weights, quads, scratch, at, 0, filter, output, isPlain, Form.quads);
  }
}

/**
 * Bare sums of pairs: `count` rows, of which `list` has the places behind `rows`, times one panel of filters, stored where
 * `list` says behind `output`.
 */
export function multiplyRows(
  args: IntegerConvArgs,
  weights: usize,
  quads: i32,
  list: usize,
  count: i32,
  rows: usize,
  output: usize,
): void {
  const end = list + count * WINDOW_BYTES;
  for (; list < end; list += TILE_WINDOWS * WINDOW_BYTES) {
    multiply(args, weights, quads, 0, list, rows, 0, output, false, Form.sums);
  }
}

// @ts-ignore: decorator
@inline
function multiply(
  args: IntegerConvArgs,
  weights: usize,
  quads: i32,
  scratch: usize,
  list: usize,
  rows: usize,
  filter: i32,
  output: usize,
  isPlain: bool,
  form: i32,
): void {
  let a: usize = <usize>load<u32>(list) + rows,
    b: usize = <usize>load<u32>(list, WINDOW_BYTES) + rows,
    c: usize = <usize>load<u32>(list, 2 * WINDOW_BYTES) + rows,
    d: usize = <usize>load<u32>(list, 3 * WINDOW_BYTES) + rows;
  let a0 = form == Form.sums ? i32x4.splat(0) : v128.load(scratch),
    a1 = form == Form.sums ? a0 : v128.load(scratch, 16);
  let b0 = a0,
    b1 = a1,
    c0 = a0,
    c1 = a1,
    d0 = a0,
    d1 = a1;
  if (form == Form.quads) {
    for (const end = weights + ((<usize>quads) << 5); weights < end; weights += 32) {
      const w0 = v128.load(weights);
      const w1 = v128.load(weights, 16);
      let x = v128.load32_splat(a);
      a0 = dotBytes(w0, x, a0);
      a1 = dotBytes(w1, x, a1);
      x = v128.load32_splat(b);
      b0 = dotBytes(w0, x, b0);
      b1 = dotBytes(w1, x, b1);
      x = v128.load32_splat(c);
      c0 = dotBytes(w0, x, c0);
      c1 = dotBytes(w1, x, c1);
      x = v128.load32_splat(d);
      d0 = dotBytes(w0, x, d0);
      d1 = dotBytes(w1, x, d1);
      a += 4;
      b += 4;
      c += 4;
      d += 4;
    }
  } else {
    for (const end = weights + ((<usize>quads) << 6); weights < end; weights += 64) {
      let w0 = v128.load(weights);
      let w1 = v128.load(weights, 16);
      let x = v128.load32_splat(a);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(w0, x));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(w1, x));
      x = v128.load32_splat(b);
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(w0, x));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(w1, x));
      x = v128.load32_splat(c);
      c0 = i32x4.add(c0, i32x4.dot_i16x8_s(w0, x));
      c1 = i32x4.add(c1, i32x4.dot_i16x8_s(w1, x));
      x = v128.load32_splat(d);
      d0 = i32x4.add(d0, i32x4.dot_i16x8_s(w0, x));
      d1 = i32x4.add(d1, i32x4.dot_i16x8_s(w1, x));
      // No address is 0: without a branch here V8 takes both halves at once, for which it has too few registers.
      if (!a) break;
      w0 = v128.load(weights, 32);
      w1 = v128.load(weights, 48);
      x = v128.load32_splat(a, 4);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(w0, x));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(w1, x));
      x = v128.load32_splat(b, 4);
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(w0, x));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(w1, x));
      x = v128.load32_splat(c, 4);
      c0 = i32x4.add(c0, i32x4.dot_i16x8_s(w0, x));
      c1 = i32x4.add(c1, i32x4.dot_i16x8_s(w1, x));
      x = v128.load32_splat(d, 4);
      d0 = i32x4.add(d0, i32x4.dot_i16x8_s(w0, x));
      d1 = i32x4.add(d1, i32x4.dot_i16x8_s(w1, x));
      a += 8;
      b += 8;
      c += 8;
      d += 8;
    }
  }
  if (form == Form.sums) {
    const toA: usize = <usize>load<u32>(list, 4) + output,
      toB: usize = <usize>load<u32>(list, WINDOW_BYTES + 4) + output,
      toC: usize = <usize>load<u32>(list, 2 * WINDOW_BYTES + 4) + output,
      toD: usize = <usize>load<u32>(list, 3 * WINDOW_BYTES + 4) + output;
    v128.store(toA, a0);
    v128.store(toA, a1, 16);
    v128.store(toB, b0);
    v128.store(toB, b1, 16);
    v128.store(toC, c0);
    v128.store(toC, c1, 16);
    v128.store(toD, d0);
    v128.store(toD, d1, 16);
    return;
  }
  finishTile(args, scratch, list, filter, output, isPlain, a0, a1, b0, b1, c0, c1, d0, d1);
}

/** finishTile for sums that are in scratch. */
export function finishStored(
  args: IntegerConvArgs,
  scratch: usize,
  list: usize,
  filter: i32,
  output: usize,
  isPlain: bool,
): void {
  if (!isPlain) {
    storeTile(args, scratch, list, filter, output);
    return;
  }
  const a0 = v128.load(scratch, TILE);
  const a1 = v128.load(scratch, TILE + 16);
  const b0 = v128.load(scratch, TILE + 32);
  const b1 = v128.load(scratch, TILE + 48);
  const c0 = v128.load(scratch, TILE + 64);
  const c1 = v128.load(scratch, TILE + 80);
  const d0 = v128.load(scratch, TILE + 96);
  const d1 = v128.load(scratch, TILE + 112);
  finishTile(args, scratch, list, filter, output, true, a0, a1, b0, b1, c0, c1, d0, d1);
}

/** Stores the sums of eight filters for four windows, or what becomes of them. */
// @ts-ignore: decorator
@inline
function finishTile(
  args: IntegerConvArgs,
  scratch: usize,
  list: usize,
  filter: i32,
  output: usize,
  isPlain: bool,
  a0: v128,
  a1: v128,
  b0: v128,
  b1: v128,
  c0: v128,
  c1: v128,
  d0: v128,
  d1: v128,
): void {
  if (!isPlain) {
    v128.store(scratch, a0, TILE);
    v128.store(scratch, a1, TILE + 16);
    v128.store(scratch, b0, TILE + 32);
    v128.store(scratch, b1, TILE + 48);
    v128.store(scratch, c0, TILE + 64);
    v128.store(scratch, c1, TILE + 80);
    v128.store(scratch, d0, TILE + 96);
    v128.store(scratch, d1, TILE + 112);
    storeTile(args, scratch, list, filter, output);
    return;
  }
  const type = args.outputType;
  const low = v128.load8_splat(changetype<usize>(args) + offsetof<IntegerConvArgs>("low"));
  const high = v128.load8_splat(changetype<usize>(args) + offsetof<IntegerConvArgs>("high"));
  const offset = i32x4.splat(MAGIC_BITS - (args.outputZero ? byteAt(type, args.outputZero) : 0));
  const lowFactors = v128.load(scratch, FACTORS);
  const highFactors = v128.load(scratch, FACTORS + 16);
  a0 = i16x8.narrow_i32x4_s(scaled(a0, lowFactors, offset), scaled(a1, highFactors, offset));
  b0 = i16x8.narrow_i32x4_s(scaled(b0, lowFactors, offset), scaled(b1, highFactors, offset));
  c0 = i16x8.narrow_i32x4_s(scaled(c0, lowFactors, offset), scaled(c1, highFactors, offset));
  d0 = i16x8.narrow_i32x4_s(scaled(d0, lowFactors, offset), scaled(d1, highFactors, offset));
  a0 = cutBytes(type, a0, b0, low, high);
  c0 = cutBytes(type, c0, d0, low, high);
  output += filter;
  v128.store64_lane(<usize>load<u32>(list, 4) + output, a0, 0);
  v128.store64_lane(<usize>load<u32>(list, WINDOW_BYTES + 4) + output, a0, 1);
  v128.store64_lane(<usize>load<u32>(list, 2 * WINDOW_BYTES + 4) + output, c0, 0);
  v128.store64_lane(<usize>load<u32>(list, 3 * WINDOW_BYTES + 4) + output, c0, 1);
}

/** Stores the sums of a tile, which are in scratch, as they are, or of fewer than eight filters, or any multipliers and rounding. */
function storeTile(args: IntegerConvArgs, scratch: usize, list: usize, filter: i32, output: usize): void {
  const lanes = min(PANEL, args.filters - filter);
  const type = args.outputType;
  const zero = args.outputZero ? byteAt(type, args.outputZero) : 0;
  for (let i = 0; i < TILE_WINDOWS; i++, list += WINDOW_BYTES) {
    const to: usize = <usize>load<u32>(list, 4) + output;
    const low = v128.load(scratch + (i << 5), TILE);
    const high = v128.load(scratch + (i << 5), TILE + 16);
    if (!args.multipliers) {
      storeSums(to + ((<usize>filter) << 2), low, high, lanes);
      continue;
    }
    const halves = i16x8.narrow_i32x4_s(
      scaledAny(low, v128.load(scratch, FACTORS), zero, args.rounding),
      scaledAny(high, v128.load(scratch, FACTORS + 16), zero, args.rounding),
    );
    const bytes = cutBytes(type, halves, halves, i8x16.splat(<i8>args.low), i8x16.splat(<i8>args.high));
    storeBytes(to + filter, bytes, lanes);
  }
}

/**
 * Prepares scratch for one panel: what its sums start from, the bias less what the input's zero makes of the weights, and
 * its multipliers. Tells whether whole tiles are stored the plain way: eight filters, and products that `scaled` is right for.
 */
export function startPanel(
  args: IntegerConvArgs,
  panel: usize,
  scratch: usize,
  group: i32,
  filter: i32,
  zero: i32,
): bool {
  const zeros = i32x4.splat(zero);
  v128.store(scratch, i32x4.sub(v128.load(panel), i32x4.mul(zeros, v128.load(panel, 32))));
  v128.store(scratch, i32x4.sub(v128.load(panel, 16), i32x4.mul(zeros, v128.load(panel, 48))), 16);
  if (!args.multipliers) return false;
  const from = args.multipliers + group * args.multiplierGroup + filter * args.multiplierStride;
  const isOne = args.multiplierStride == 0;
  const low = isOne ? v128.load32_splat(from) : v128.load(from);
  const high = isOne ? low : v128.load(from, 16);
  v128.store(scratch, low, FACTORS);
  v128.store(scratch, high, FACTORS + 16);
  const most = f32x4.splat(12e6);
  const isSmall = v128.and(
    f32x4.lt(f32x4.mul(f32x4.abs(low), v128.load(panel, 64)), most),
    f32x4.lt(f32x4.mul(f32x4.abs(high), v128.load(panel, 80)), most),
  );
  return i32x4.all_true(isSmall) && args.rounding == 0 && args.filters - filter >= PANEL;
}

/** Stores up to eight sums. */
export function storeSums(output: usize, low: v128, high: v128, lanes: i32): void {
  if (lanes > 3) v128.store(output, low);
  else storeBytes(output, low, lanes << 2);
  if (lanes == PANEL) v128.store(output, high, 16);
  else if (lanes > 4) storeBytes(output + 16, high, (lanes - 4) << 2);
}
