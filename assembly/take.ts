// Takes blocks of a tensor by indices that only the run knows.
import { firstUnit } from "./share";

@unmanaged
class GatherArgs {
  /** [outers, extent, blockBytes] */
  input: usize;
  /** [count] integers of `indexBytes` bytes each, 4 or 8; negative ones count from the end. */
  indices: usize;
  /** [outers, count, blockBytes] */
  output: usize;
  outers: i32;
  extent: i32;
  count: i32;
  blockBytes: i32;
  indexBytes: i32;
}

/** output[outer, i] = input[outer, indices[i]], a block of bytes; indices outside the input take its nearest block. */
export function gather_blocks(args: GatherArgs, thread: i32, threads: i32): void {
  assert(args.extent > 0 && (args.indexBytes == 4 || args.indexBytes == 8));
  const blocks = args.outers * args.count;
  const last = firstUnit(blocks, thread + 1, threads);
  const bytes: usize = args.blockBytes;
  for (let block = firstUnit(blocks, thread, threads); block < last; block++) {
    const outer = block / args.count;
    const index = indexAt(args, block - outer * args.count);
    const from = args.input + (<usize>outer * args.extent + index) * bytes;
    const to = args.output + <usize>block * bytes;
    if (bytes == 4) store<u32>(to, load<u32>(from));
    else if (bytes == 8) store<u64>(to, load<u64>(from));
    else if (bytes == 1) store<u8>(to, load<u8>(from));
    else memory.copy(to, from, bytes);
  }
}

// @ts-ignore: decorator
@inline
function indexAt(args: GatherArgs, place: i32): i32 {
  const at = args.indices + <usize>place * args.indexBytes;
  let index = args.indexBytes == 8 ? load<i64>(at) : <i64>load<i32>(at);
  if (index < 0) index += args.extent;
  return <i32>max<i64>(0, min<i64>(index, args.extent - 1));
}
