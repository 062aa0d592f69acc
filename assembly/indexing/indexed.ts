// Gathering and scattering in two steps: indices become byte offsets, then blocks are moved to or from them.
import { Binary } from "../elementwise/binary_arguments";
import { elementBytes, ElementType, loadInteger, storeInteger } from "../primitives/element_type";
import { integerArithmetic } from "../elementwise/integer_arithmetic";
import { indexAt, IndexArgs } from "./checked_index";
import { firstUnit } from "../runtime/share";
import { entry, rowOffset } from "../primitives/strides";


@unmanaged
class ElementOffsetsArgs extends IndexArgs {
  /** i32 for each index. */
  offsets: usize;
  count: i32;
  rank: i32;
  /** Of the indices. */
  extents: usize;
  /** Bytes that each dimension of the indices moves in the tensor; 0 for the axis. */
  strides: usize;
  axisExtent: i32;
  axisStride: i32;
}

/** The indices are [count, length]. */
@unmanaged
class TupleOffsetsArgs extends IndexArgs {
  /** i32 for each tuple. */
  offsets: usize;
  count: i32;
  length: i32;
  /** [length]: of the axes that tuples name. */
  extents: usize;
  /** [length]: bytes. */
  strides: usize;
  /** Tuples of one batch, and bytes from batch to batch of the tensor. */
  batchTuples: i32;
  batchStride: i32;
}


@unmanaged
class GatherAtArgs {
  input: usize;
  offsets: usize;
  /** [count, blockBytes] */
  output: usize;
  count: i32;
  blockBytes: i32;
}


@unmanaged
class ScatterAtArgs {
  output: usize;
  offsets: usize;
  /** [count, blockElements] */
  updates: usize;
  count: i32;
  blockElements: i32;
  /** An ElementType. */
  type: i32;
  /** The Binary by which an update joins what is there; -1: it takes its place. */
  operation: i32;
}

/** Where the element is whose place on one axis each index names, its other places being those of the index. */
export function element_offsets(args: ElementOffsetsArgs, thread: i32, threads: i32): void {
  assert(args.rank > 0 && args.axisExtent > 0);
  const last = firstUnit(args.count, thread + 1, threads);
  for (let i = firstUnit(args.count, thread, threads); i < last; i++) {
    const index = indexAt(args, i, args.axisExtent, 0, thread);
    const offset = rowOffset(i, args.rank + 1, args.extents, args.strides) + <isize>index * args.axisStride;
    store<i32>(args.offsets + ((<usize>i) << 2), <i32>offset);
  }
}

/** Where the block is that each tuple of indices names. */
export function tuple_offsets(args: TupleOffsetsArgs, thread: i32, threads: i32): void {
  assert(args.batchTuples > 0);
  const last = firstUnit(args.count, thread + 1, threads);
  for (let i = firstUnit(args.count, thread, threads); i < last; i++) {
    let offset = (i / args.batchTuples) * args.batchStride;
    for (let axis = 0; axis < args.length; axis++) {
      const index = indexAt(args, i * args.length + axis, entry(args.extents, axis, 1), axis, thread);
      offset += index * entry(args.strides, axis, 0);
    }
    store<i32>(args.offsets + ((<usize>i) << 2), offset);
  }
}

/** Each block of the output is the one at its offset. */
export function gather_at(args: GatherAtArgs, thread: i32, threads: i32): void {
  const bytes = args.blockBytes;
  const last = firstUnit(args.count, thread + 1, threads);
  for (let i = firstUnit(args.count, thread, threads); i < last; i++) {
    const from = args.input + load<i32>(args.offsets + ((<usize>i) << 2));
    const to = args.output + <usize>i * bytes;
    if (bytes == 4) store<u32>(to, load<u32>(from));
    else memory.copy(to, from, bytes);
  }
}

/** Brings each block of updates to its offset, in order; threads share the elements of every block. */
export function scatter_at(args: ScatterAtArgs, thread: i32, threads: i32): void {
  const bytes = elementBytes(args.type);
  const first = firstUnit(args.blockElements, thread, threads) * bytes;
  const last = firstUnit(args.blockElements, thread + 1, threads) * bytes;
  const blockBytes = args.blockElements * bytes;
  for (let i = 0; i < args.count; i++) {
    const to = args.output + load<i32>(args.offsets + ((<usize>i) << 2));
    const from = args.updates + <usize>i * blockBytes;
    if (args.operation < 0) {
      memory.copy(to + first, from + first, last - first);
      continue;
    }
    for (let at = first; at < last; at += bytes) {
      if (args.type == ElementType.float32) join(args.operation, to + at, load<f32>(from + at));
      else joinInteger(args, to + at, loadInteger(args.type, from + at));
    }
  }
}

function join(operation: i32, at: usize, update: f32): void {
  const value = load<f32>(at);
  if (operation == Binary.add) store<f32>(at, value + update);
  else if (operation == Binary.mul) store<f32>(at, value * update);
  else store<f32>(at, operation == Binary.max ? max(value, update) : min(value, update));
}

// @ts-ignore: decorator
@inline
function joinInteger(args: ScatterAtArgs, at: usize, update: i64): void {
  storeInteger(args.type, at, integerArithmetic(args.operation, loadInteger(args.type, at), update));
}
