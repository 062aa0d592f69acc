// Reductions of any dimensions of a tensor.
import { Fold, foldAcross, foldAcross16, foldAlong, isWideFold } from "../primitives/accumulate";
import { log } from "../primitives/math";
import { ReduceArgs, Reduction } from "./reduce_arguments";
import { firstUnit } from "../runtime/share";
import { elementCount, entry, rowCount, rowOffset } from "../primitives/strides";
import { storeBytes } from "../primitives/tail";

/**
 * Each output is the reduction of its cells; of no cells it is 0 (sums), 1 (prod), -infinity (max and logarithms),
 * infinity (min) or NaN (mean). NaN in a cell gives NaN.
 */
export function f32_reduce(args: ReduceArgs, thread: i32, threads: i32): void {
  assert(args.keptRank >= 0 && args.reducedRank >= 0);
  const rank = args.keptRank;
  const extents = args.keptExtents;
  const columns = entry(extents, rank - 1, 1);
  const inputStride: isize = entry(args.keptInputStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  const isAlong =
    entry(args.reducedStrides, args.reducedRank - 1, 0) == 4 && entry(args.reducedExtents, args.reducedRank - 1, 1) > 1;
  const isWide = !isAlong && inputStride == 4 && outputStride == 4;
  const width = isWide ? 16 : 1;
  const blocks = (columns + width - 1) / width;
  const units = rowCount(rank, extents) * blocks;
  const last = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < last; unit++) {
    const row = unit / blocks;
    const column = (unit - row * blocks) * width;
    const input = args.input + rowOffset(row, rank, extents, args.keptInputStrides) + <isize>column * inputStride;
    const output = args.output + rowOffset(row, rank, extents, args.outputStrides) + <isize>column * outputStride;
    if (isWide) reduceNeighbours(args, output, input, min(16, columns - column));
    else v128.store32_lane(output, reduce(args, input, isAlong), 0);
  }
}

/** Up to 16 neighbouring results. */
function reduceNeighbours(args: ReduceArgs, output: usize, input: usize, count: i32): void {
  const kind = foldOf(args.operation);
  if (count == 16 && isWideFold(kind)) {
    foldAcross16(kind, output, input, args.reducedRank, args.reducedExtents, args.reducedStrides);
    for (; count > 0; count -= 4, output += 16) {
      v128.store(output, finish(args, v128.load(output), f32x4.splat(0)));
    }
    return;
  }
  for (; count > 0; count -= 4) {
    const result = reduce(args, input, false);
    if (count > 3) v128.store(output, result);
    else storeBytes(output, result, count << 2);
    input += 16;
    output += 16;
  }
}

/** One result, or four neighbouring ones where the cells are not contiguous themselves. */
function reduce(args: ReduceArgs, input: usize, isAlong: bool): v128 {
  let shift = f32x4.splat(0);
  if (args.operation == Reduction.logSumExp) {
    // Exponents relative to the maximum can't overflow; there is no such scale if that is infinite.
    const maximum = fold(args, Fold.max, input, isAlong, shift);
    shift = v128.and(maximum, f32x4.lt(f32x4.abs(maximum), f32x4.splat(Infinity)));
  }
  return finish(args, fold(args, foldOf(args.operation), input, isAlong, shift), shift);
}

function finish(args: ReduceArgs, total: v128, shift: v128): v128 {
  switch (args.operation) {
    case Reduction.mean:
      return f32x4.div(total, f32x4.splat(<f32>elementCount(args.reducedRank, args.reducedExtents)));
    case Reduction.l2:
      return f32x4.sqrt(total);
    case Reduction.logSum:
    case Reduction.logSumExp:
      return f32x4.add(log(total), shift);
    default:
      return total;
  }
}

function fold(args: ReduceArgs, kind: i32, input: usize, isAlong: bool, shift: v128): v128 {
  if (isAlong) return foldAlong(kind, input, args.reducedRank, args.reducedExtents, args.reducedStrides, shift);
  return foldAcross(kind, input, args.reducedRank, args.reducedExtents, args.reducedStrides, shift);
}

function foldOf(operation: i32): i32 {
  switch (operation) {
    case Reduction.max:
      return Fold.max;
    case Reduction.min:
      return Fold.min;
    case Reduction.prod:
      return Fold.product;
    case Reduction.l1:
      return Fold.sumAbsolute;
    case Reduction.l2:
    case Reduction.sumSquare:
      return Fold.sumSquare;
    case Reduction.logSumExp:
      return Fold.sumExp;
    default:
      return Fold.sum;
  }
}
