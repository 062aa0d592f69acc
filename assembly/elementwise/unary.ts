// Elementwise kernels of one operand, over any strides.
import { activateRow } from "../primitives/activate_row";
import { gather, scatter } from "../primitives/gather";
import { erf, exp, log } from "../primitives/math";
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";

/** Functions of `f32_unary`. */
const enum Unary {
  abs,
  neg,
  exp,
  log,
  sqrt,
  reciprocal,
  floor,
  ceil,
  /** To the nearest integer, halves to the even one. */
  round,
  /** -1, 0 or 1; NaN stays NaN. */
  sign,
  erf,
  sin,
  cos,
}


@unmanaged
class UnaryArgs {
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
  /** A Unary. */
  operation: i32;
}


@unmanaged
class ActivationArgs {
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
  /** An Activation. */
  activation: i32;
  alpha: f32;
  beta: f32;
}

/** output = operation(input); input strides may be 0 (broadcast). In place where the strides agree. */
export function f32_unary(args: UnaryArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.operation >= Unary.abs && args.operation <= Unary.cos);
  walk(
    args.rank,
    args.extents,
    args.input,
    args.inputStrides,
    args.output,
    args.outputStrides,
    thread,
    threads,
    false,
    args.operation,
    0,
    0,
  );
}

/** output = activation(input), as f32_unary. */
export function f32_activation(args: ActivationArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0);
  walk(
    args.rank,
    args.extents,
    args.input,
    args.inputStrides,
    args.output,
    args.outputStrides,
    thread,
    threads,
    true,
    args.activation,
    args.alpha,
    args.beta,
  );
}

function walk(
  rank: i32,
  extents: usize,
  input: usize,
  inputStrides: usize,
  output: usize,
  outputStrides: usize,
  thread: i32,
  threads: i32,
  isActivation: bool,
  operation: i32,
  alpha: f32,
  beta: f32,
): void {
  const columns = entry(extents, rank - 1, 1);
  const middle = entry(extents, rank - 2, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const count = shareColumnEnd(rows, columns, thread, threads) - <i32>column;
  const inputStride: isize = entry(inputStrides, rank - 1, 0);
  const outputStride: isize = entry(outputStrides, rank - 1, 0);
  for (let first = shareRowStart(rows, columns, thread, threads); first < lastRow;) {
    const end = min(lastRow, first - (first % middle) + middle);
    let from = input + rowOffset(first, rank, extents, inputStrides) + column * inputStride;
    let to = output + rowOffset(first, rank, extents, outputStrides) + column * outputStride;
    for (; first < end; first++) {
      if (isActivation) activateRow(operation, to, outputStride, from, inputStride, count, alpha, beta);
      else unaryRow(operation, to, outputStride, from, inputStride, count);
      from += entry(inputStrides, rank - 2, 0);
      to += entry(outputStrides, rank - 2, 0);
    }
  }
}

function unaryRow(
  operation: i32,
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
): void {
  switch (operation) {
    case Unary.abs:
      return absRow(output, outputStride, input, inputStride, count);
    case Unary.neg:
      return negRow(output, outputStride, input, inputStride, count);
    case Unary.exp:
      return expRow(output, outputStride, input, inputStride, count);
    case Unary.log:
      return logRow(output, outputStride, input, inputStride, count);
    case Unary.sqrt:
      return sqrtRow(output, outputStride, input, inputStride, count);
    case Unary.reciprocal:
      return reciprocalRow(output, outputStride, input, inputStride, count);
    case Unary.floor:
      return floorRow(output, outputStride, input, inputStride, count);
    case Unary.ceil:
      return ceilRow(output, outputStride, input, inputStride, count);
    case Unary.round:
      return roundRow(output, outputStride, input, inputStride, count);
    case Unary.sign:
      return signRow(output, outputStride, input, inputStride, count);
    case Unary.erf:
      return erfRow(output, outputStride, input, inputStride, count);
    default:
      return scalarRow(operation, output, outputStride, input, inputStride, count);
  }
}

// @ts-ignore: decorator
@inline
function row(operation: i32, output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  if (inputStride == 4 && outputStride == 4) {
    for (; count > 7; count -= 8) {
      const x0 = v128.load(input);
      const x1 = v128.load(input, 16);
      const y0 = apply(operation, x0);
      const y1 = apply(operation, x1);
      v128.store(output, y0);
      v128.store(output, y1, 16);
      input += 32;
      output += 32;
    }
  }
  for (; count > 0; count -= 4) {
    scatter(output, outputStride, apply(operation, gather(input, inputStride, count)), count);
    input += 4 * inputStride;
    output += 4 * outputStride;
  }
}

// @ts-ignore: decorator
@inline
function apply(operation: i32, x: v128): v128 {
  if (operation == Unary.abs) return f32x4.abs(x);
  if (operation == Unary.neg) return f32x4.neg(x);
  if (operation == Unary.exp) return exp(x);
  if (operation == Unary.log) return log(x);
  if (operation == Unary.sqrt) return f32x4.sqrt(x);
  if (operation == Unary.reciprocal) return f32x4.div(f32x4.splat(1), x);
  if (operation == Unary.floor) return f32x4.floor(x);
  if (operation == Unary.ceil) return f32x4.ceil(x);
  if (operation == Unary.round) return f32x4.nearest(x);
  if (operation == Unary.sign) {
    // Zeros and NaN are their own sign.
    const signed = v128.or(f32x4.splat(1), v128.and(x, i32x4.splat(0x80000000)));
    const nonzero = v128.or(f32x4.lt(x, f32x4.splat(0)), f32x4.gt(x, f32x4.splat(0)));
    return v128.bitselect(signed, x, nonzero);
  }
  return erf(x);
}

// A function for each: the optimiser would merge the loops of one switch before it knows their operations.

function absRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.abs, output, outputStride, input, inputStride, count);
}

function negRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.neg, output, outputStride, input, inputStride, count);
}

function expRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.exp, output, outputStride, input, inputStride, count);
}

function logRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.log, output, outputStride, input, inputStride, count);
}

function sqrtRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.sqrt, output, outputStride, input, inputStride, count);
}

function reciprocalRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.reciprocal, output, outputStride, input, inputStride, count);
}

function floorRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.floor, output, outputStride, input, inputStride, count);
}

function ceilRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.ceil, output, outputStride, input, inputStride, count);
}

function roundRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.round, output, outputStride, input, inputStride, count);
}

function signRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.sign, output, outputStride, input, inputStride, count);
}

function erfRow(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  row(Unary.erf, output, outputStride, input, inputStride, count);
}

/** sin and cos, one element at a time in float64: arguments of any size are reduced well, so within 1 ulp. */
function scalarRow(
  operation: i32,
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
): void {
  for (; count > 0; count--) {
    const x = load<f32>(input);
    store<f32>(output, operation == Unary.sin ? <f32>NativeMath.sin(x) : <f32>NativeMath.cos(x));
    input += inputStride;
    output += outputStride;
  }
}
