// f32_binary: elementwise arithmetic of two operands over any strides, an activation fused behind it.
import { activateRow } from "../primitives/activate_row";
import { Activation, clip } from "../primitives/activation";
import { Binary, BinaryArgs } from "./binary_arguments";
import { gather, scatter } from "../primitives/gather";
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";

/** Elements of a row between its arithmetic and its activation: few enough to stay in the first cache. */
const BLOCK: i32 = 2048;

/** output = activation(left operation right); operand strides may be 0 (broadcast). In place where strides agree. */
export function f32_binary(args: BinaryArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.operation >= Binary.add && args.operation <= Binary.remainder);
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const middle = entry(extents, rank - 2, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const firstColumn = shareColumnStart(rows, columns, thread, threads);
  const lastColumn = shareColumnEnd(rows, columns, thread, threads);
  // The arithmetic clips too; any other activation is a second pass.
  const isOnePass = args.activation <= Activation.clip;
  const width = isOnePass ? lastColumn - firstColumn : BLOCK;
  for (let first = shareRowStart(rows, columns, thread, threads); first < lastRow;) {
    const run = isOnePass ? min(lastRow - first, middle - (first % middle)) : 1;
    for (let column = firstColumn; column < lastColumn; column += width) {
      const left = args.left + rowOffset(first, rank, extents, args.leftStrides);
      const right = args.right + rowOffset(first, rank, extents, args.rightStrides);
      const output = args.output + rowOffset(first, rank, extents, args.outputStrides);
      block(args, output, left, right, column, run, min(width, lastColumn - column), !isOnePass);
    }
    first += run;
  }
}

/** `rows` rows, given by the addresses of the first one, of `count` elements from `column` on. */
function block(
  args: BinaryArgs,
  output: usize,
  left: usize,
  right: usize,
  column: isize,
  rows: i32,
  count: i32,
  activates: bool,
): void {
  const outputStride: isize = entry(args.outputStrides, args.rank - 1, 0);
  output += column * outputStride;
  left += column * entry(args.leftStrides, args.rank - 1, 0);
  right += column * entry(args.rightStrides, args.rank - 1, 0);
  blockRows(args, output, left, right, rows, count);
  if (activates) {
    activateRow(args.activation, output, outputStride, output, outputStride, count, args.alpha, args.beta);
  }
}

function blockRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  switch (args.operation) {
    case Binary.add:
      return addRows(args, output, left, right, rows, count);
    case Binary.sub:
      return subRows(args, output, left, right, rows, count);
    case Binary.mul:
      return mulRows(args, output, left, right, rows, count);
    case Binary.div:
      return divRows(args, output, left, right, rows, count);
    case Binary.min:
      return minRows(args, output, left, right, rows, count);
    case Binary.max:
      return maxRows(args, output, left, right, rows, count);
    default:
      return powerRows(args, output, left, right, rows, count);
  }
}

// @ts-ignore: decorator
@inline
function low(args: BinaryArgs): f32 {
  return args.activation == Activation.clip ? args.alpha : -Infinity;
}

// @ts-ignore: decorator
@inline
function high(args: BinaryArgs): f32 {
  return args.activation == Activation.clip ? args.beta : Infinity;
}

// @ts-ignore: decorator
@inline
function eachRow(
  operation: i32,
  args: BinaryArgs,
  output: usize,
  left: usize,
  right: usize,
  rows: i32,
  count: i32,
): void {
  const outputStride: isize = entry(args.outputStrides, args.rank - 1, 0);
  const leftStride: isize = entry(args.leftStrides, args.rank - 1, 0);
  const rightStride: isize = entry(args.rightStrides, args.rank - 1, 0);
  const floor = f32x4.splat(low(args));
  const ceiling = f32x4.splat(high(args));
  const fills = outputStride == 4 && leftStride == 4;
  for (; rows > 0; rows--) {
    let whole: i32 = 0;
    if (fills && rightStride == 4) whole = pairs(operation, output, left, right, count, floor, ceiling);
    else if (fills && rightStride == 0) whole = byScalar(operation, output, left, right, count, floor, ceiling);
    for (let at: isize = whole; at < count; at += 4) {
      const a = gather(left + at * leftStride, leftStride, count - <i32>at);
      const b = gather(right + at * rightStride, rightStride, count - <i32>at);
      const y = clip(apply(operation, a, b), floor, ceiling);
      scatter(output + at * outputStride, outputStride, y, count - <i32>at);
    }
    output += entry(args.outputStrides, args.rank - 2, 0);
    left += entry(args.leftStrides, args.rank - 2, 0);
    right += entry(args.rightStrides, args.rank - 2, 0);
  }
}

/** Whole vectors of two contiguous rows; returns how many elements they are. */
// @ts-ignore: decorator
@inline
function pairs(operation: i32, output: usize, left: usize, right: usize, count: i32, floor: v128, ceiling: v128): i32 {
  let rest = count;
  for (; rest > 7; rest -= 8) {
    const y0 = apply(operation, v128.load(left), v128.load(right));
    const y1 = apply(operation, v128.load(left, 16), v128.load(right, 16));
    v128.store(output, clip(y0, floor, ceiling));
    v128.store(output, clip(y1, floor, ceiling), 16);
    left += 32;
    right += 32;
    output += 32;
  }
  if (rest > 3) {
    v128.store(output, clip(apply(operation, v128.load(left), v128.load(right)), floor, ceiling));
    rest -= 4;
  }
  return count - rest;
}

/** Whole vectors of a contiguous row with one number on the right; returns how many elements they are. */
// @ts-ignore: decorator
@inline
function byScalar(
  operation: i32,
  output: usize,
  left: usize,
  right: usize,
  count: i32,
  floor: v128,
  ceiling: v128,
): i32 {
  const scalar = v128.load32_splat(right);
  let rest = count;
  for (; rest > 3; rest -= 4) {
    v128.store(output, clip(apply(operation, v128.load(left), scalar), floor, ceiling));
    left += 16;
    output += 16;
  }
  return count - rest;
}

// @ts-ignore: decorator
@inline
function apply(operation: i32, a: v128, b: v128): v128 {
  if (operation == Binary.add) return f32x4.add(a, b);
  if (operation == Binary.sub) return f32x4.sub(a, b);
  if (operation == Binary.mul) return f32x4.mul(a, b);
  if (operation == Binary.div) return f32x4.div(a, b);
  if (operation == Binary.min) return f32x4.min(a, b);
  return f32x4.max(a, b);
}

// A function for each: the optimiser would merge the loops of one switch before it knows their operations.

function addRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  eachRow(Binary.add, args, output, left, right, rows, count);
}

function subRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  eachRow(Binary.sub, args, output, left, right, rows, count);
}

function mulRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  eachRow(Binary.mul, args, output, left, right, rows, count);
}

function divRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  eachRow(Binary.div, args, output, left, right, rows, count);
}

function minRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  eachRow(Binary.min, args, output, left, right, rows, count);
}

function maxRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  eachRow(Binary.max, args, output, left, right, rows, count);
}

/** One element at a time: powers within 1 ulp, special cases as in IEEE 754. */
function powerRows(args: BinaryArgs, output: usize, left: usize, right: usize, rows: i32, count: i32): void {
  const operation = args.operation;
  for (; rows > 0; rows--) {
    for (let at: isize = 0; at < count; at++) {
      const a = load<f32>(left + at * entry(args.leftStrides, args.rank - 1, 0));
      const b = load<f32>(right + at * entry(args.rightStrides, args.rank - 1, 0));
      let result = operation == Binary.pow ? power(a, b) : NativeMathf.mod(a, b);
      if (operation == Binary.mod && result != 0 && result < 0 != b < 0) result += b;
      const clipped = clip(f32x4.splat(result), f32x4.splat(low(args)), f32x4.splat(high(args)));
      v128.store32_lane(output + at * entry(args.outputStrides, args.rank - 1, 0), clipped, 0);
    }
    output += entry(args.outputStrides, args.rank - 2, 0);
    left += entry(args.leftStrides, args.rank - 2, 0);
    right += entry(args.rightStrides, args.rank - 2, 0);
  }
}

/** JavaScript's power but for two cases: 1 to any power, and -1 to an infinite one, are 1. */
function power(a: f32, b: f32): f32 {
  if (a == 1 || (a == -1 && NativeMathf.abs(b) == Infinity)) return 1;
  return NativeMathf.pow(a, b);
}
