// f32_binary: elementwise arithmetic of two operands over any strides, an activation fused behind it.
import { activateRow } from "./activate_row";
import { Activation, clip } from "./activation";
import { Binary, BinaryArgs } from "./binary_arguments";
import { gather, scatter } from "./gather";
import { entry, rowCount, rowOffset, shareColumnEnd, shareColumnStart, shareRowEnd, shareRowStart } from "./strides";

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
  for (let first = shareRowStart(rows, columns, thread, threads); first < lastRow; ) {
    const end = min(lastRow, first - (first % middle) + middle);
    let left = args.left + rowOffset(first, rank, extents, args.leftStrides);
    let right = args.right + rowOffset(first, rank, extents, args.rightStrides);
    let output = args.output + rowOffset(first, rank, extents, args.outputStrides);
    for (; first < end; first++) {
      for (let column = firstColumn; column < lastColumn; column += BLOCK) {
        block(args, left, right, output, column, min(BLOCK, lastColumn - column));
      }
      left += entry(args.leftStrides, rank - 2, 0);
      right += entry(args.rightStrides, rank - 2, 0);
      output += entry(args.outputStrides, rank - 2, 0);
    }
  }
}

/** `count` elements from `column` on: the arithmetic clips too, any other activation is a second pass. */
function block(args: BinaryArgs, left: usize, right: usize, output: usize, column: isize, count: i32): void {
  const leftStride: isize = entry(args.leftStrides, args.rank - 1, 0);
  const rightStride: isize = entry(args.rightStrides, args.rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, args.rank - 1, 0);
  const activation = args.activation;
  const clips = activation == Activation.clip;
  left += column * leftStride;
  right += column * rightStride;
  output += column * outputStride;
  const low = clips ? args.alpha : -Infinity;
  const high = clips ? args.beta : Infinity;
  binaryRow(args.operation, output, outputStride, left, leftStride, right, rightStride, count, low, high);
  if (activation != Activation.none && !clips) {
    activateRow(activation, output, outputStride, output, outputStride, count, args.alpha, args.beta);
  }
}

function binaryRow(
  operation: i32, output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize,
  count: i32, low: f32, high: f32,
): void {
  switch (operation) {
    case Binary.add:
      return addRow(output, outputStride, left, leftStride, right, rightStride, count, low, high);
    case Binary.sub:
      return subRow(output, outputStride, left, leftStride, right, rightStride, count, low, high);
    case Binary.mul:
      return mulRow(output, outputStride, left, leftStride, right, rightStride, count, low, high);
    case Binary.div:
      return divRow(output, outputStride, left, leftStride, right, rightStride, count, low, high);
    case Binary.min:
      return minRow(output, outputStride, left, leftStride, right, rightStride, count, low, high);
    case Binary.max:
      return maxRow(output, outputStride, left, leftStride, right, rightStride, count, low, high);
    default:
      return scalarRow(operation, output, outputStride, left, leftStride, right, rightStride, count, low, high);
  }
}

// @ts-ignore: decorator
@inline
function row(
  operation: i32, output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize,
  count: i32, low: f32, high: f32,
): void {
  const floor = f32x4.splat(low);
  const ceiling = f32x4.splat(high);
  if (outputStride == 4 && leftStride == 4 && rightStride == 4) {
    for (; count > 3; count -= 4) {
      v128.store(output, clip(apply(operation, v128.load(left), v128.load(right)), floor, ceiling));
      left += 16;
      right += 16;
      output += 16;
    }
  } else if (outputStride == 4 && leftStride == 4 && rightStride == 0) {
    const scalar = v128.load32_splat(right);
    for (; count > 3; count -= 4) {
      v128.store(output, clip(apply(operation, v128.load(left), scalar), floor, ceiling));
      left += 16;
      output += 16;
    }
  }
  for (; count > 0; count -= 4) {
    const a = gather(left, leftStride, count);
    const b = gather(right, rightStride, count);
    scatter(output, outputStride, clip(apply(operation, a, b), floor, ceiling), count);
    left += 4 * leftStride;
    right += 4 * rightStride;
    output += 4 * outputStride;
  }
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

function addRow(
  output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize, count: i32,
  low: f32, high: f32,
): void {
  row(Binary.add, output, outputStride, left, leftStride, right, rightStride, count, low, high);
}

function subRow(
  output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize, count: i32,
  low: f32, high: f32,
): void {
  row(Binary.sub, output, outputStride, left, leftStride, right, rightStride, count, low, high);
}

function mulRow(
  output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize, count: i32,
  low: f32, high: f32,
): void {
  row(Binary.mul, output, outputStride, left, leftStride, right, rightStride, count, low, high);
}

function divRow(
  output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize, count: i32,
  low: f32, high: f32,
): void {
  row(Binary.div, output, outputStride, left, leftStride, right, rightStride, count, low, high);
}

function minRow(
  output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize, count: i32,
  low: f32, high: f32,
): void {
  row(Binary.min, output, outputStride, left, leftStride, right, rightStride, count, low, high);
}

function maxRow(
  output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize, count: i32,
  low: f32, high: f32,
): void {
  row(Binary.max, output, outputStride, left, leftStride, right, rightStride, count, low, high);
}

/** One element at a time: powers within 1 ulp, special cases as in IEEE 754. */
function scalarRow(
  operation: i32, output: usize, outputStride: isize, left: usize, leftStride: isize, right: usize, rightStride: isize,
  count: i32, low: f32, high: f32,
): void {
  for (; count > 0; count--) {
    const a = load<f32>(left);
    const b = load<f32>(right);
    let result = operation == Binary.pow ? NativeMathf.pow(a, b) : NativeMathf.mod(a, b);
    if (operation == Binary.mod && result != 0 && result < 0 != b < 0) result += b;
    v128.store32_lane(output, clip(f32x4.splat(result), f32x4.splat(low), f32x4.splat(high)), 0);
    left += leftStride;
    right += rightStride;
    output += outputStride;
  }
}
