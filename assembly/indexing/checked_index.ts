// Indices that are data: counted from either end of an axis, and put on record where they name nothing.
import { FAULT_BYTES } from "./index_layout";

/** What kernels that take indices know of them, beside where they are. */
@unmanaged
export class IndexArgs {
  /** [indices], integers of `indexBytes` bytes each, 4 or 8; negative ones count from the end of the axis. */
  indices: usize;
  indexBytes: i32;
  /** A record of `FAULT_BYTES` for each thread, see index_layout.ts; 0: all indices are known to be inside. */
  faults: usize;
  /** i32: how many rows of the indices are there; those behind may hold anything. 0: all are there. */
  indexRows: usize;
  /** Indices of a row. */
  rowIndices: i32;
}

/** Index number `place`, on an axis of `extent`; the first one outside goes on record, and 0 stands for it. */
// @ts-ignore: decorator
@inline
export function indexAt(args: IndexArgs, place: i32, extent: i32, axis: i32, thread: i32): i32 {
  const at = args.indices + <usize>place * args.indexBytes;
  const given = args.indexBytes == 8 ? load<i64>(at) : <i64>load<i32>(at);
  const index = given < 0 ? given + extent : given;
  if (<u64>index < <u64>extent) return <i32>index;
  record(args, place, given, axis, thread);
  return 0;
}

function record(args: IndexArgs, place: i32, index: i64, axis: i32, thread: i32): void {
  if (args.faults == 0) return;
  if (args.indexRows && place >= load<i32>(args.indexRows) * args.rowIndices) return;
  const to = args.faults + <usize>thread * FAULT_BYTES;
  if (load<i32>(to)) return;
  store<i32>(to, axis + 1);
  store<i64>(to, index, 8);
}
