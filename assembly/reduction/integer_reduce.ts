// Reductions of integers and bools, one element at a time.
import { ElementType, loadInteger, storeInteger } from "../primitives/element_type";
import { IntegerReduceArgs, Reduction } from "./reduce_arguments";
import { firstUnit } from "../runtime/share";
import { elementCount, entry, rowCount, rowOffset } from "../primitives/strides";

/**
 * Each output is the sum, mean (cut toward zero), extreme, product or sum of magnitudes or squares of its cells, modulo
 * 2^bits. Of no cells it is 0 (sums, mean), 1 (prod), or the least (max) or greatest (min) of the type.
 */
export function integer_reduce(args: IntegerReduceArgs, thread: i32, threads: i32): void {
  assert(args.keptRank >= 0 && args.reducedRank >= 0 && args.type != ElementType.float32);
  const rank = args.keptRank;
  const columns = entry(args.keptExtents, rank - 1, 1);
  const inputStride: isize = entry(args.keptInputStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  const units = rowCount(rank, args.keptExtents) * columns;
  const last = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < last; unit++) {
    const row = unit / columns;
    const column: isize = unit - row * columns;
    const input = args.input + rowOffset(row, rank, args.keptExtents, args.keptInputStrides) + column * inputStride;
    const output = args.output + rowOffset(row, rank, args.keptExtents, args.outputStrides) + column * outputStride;
    storeInteger(args.type, output, fold(args, input));
  }
}

function fold(args: IntegerReduceArgs, input: usize): i64 {
  const rank = args.reducedRank;
  const operation = args.operation;
  const columns = entry(args.reducedExtents, rank - 1, 1);
  const rows = rowCount(rank, args.reducedExtents);
  const stride: isize = entry(args.reducedStrides, rank - 1, 0);
  let result = startOf(operation, args.type);
  for (let row = 0; row < rows; row++) {
    let cell = input + rowOffset(row, rank, args.reducedExtents, args.reducedStrides);
    for (let column = 0; column < columns; column++, cell += stride) {
      const value = loadInteger(args.type, cell);
      if (operation == Reduction.max) result = max(result, value);
      else if (operation == Reduction.min) result = min(result, value);
      else if (operation == Reduction.prod) result *= value;
      else if (operation == Reduction.sumSquare) result += value * value;
      else result += operation == Reduction.l1 ? abs(value) : value;
    }
  }
  const count = elementCount(rank, args.reducedExtents);
  return operation == Reduction.mean && count > 0 ? result / count : result;
}

function startOf(operation: i32, type: i32): i64 {
  if (operation == Reduction.prod) return 1;
  if (operation != Reduction.max && operation != Reduction.min) return 0;
  let least: i64 = 0;
  if (type == ElementType.int32) least = i32.MIN_VALUE;
  else if (type == ElementType.int64) least = i64.MIN_VALUE;
  else if (type == ElementType.int8) least = i8.MIN_VALUE;
  if (operation == Reduction.max) return least;
  return type == ElementType.bool ? 1 : least == 0 ? 255 : ~least;
}
