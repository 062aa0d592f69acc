// Takes blocks of a tensor by indices that only the run knows, and the gradient of that.
import { storeLanes } from "../primitives/lanes";
import { indexAt, IndexArgs } from "./checked_index";
import { firstUnit } from "../runtime/share";


@unmanaged
class GatherArgs extends IndexArgs {
  /** [outers, extent, blockBytes] */
  input: usize;
  /** [outers, count, blockBytes] */
  output: usize;
  outers: i32;
  extent: i32;
  count: i32;
  blockBytes: i32;
}

/** output[outer, i] = input[outer, indices[i]], a block of bytes. */
export function gather_blocks(args: GatherArgs, thread: i32, threads: i32): void {
  assert(args.extent > 0 && (args.indexBytes == 4 || args.indexBytes == 8));
  const blocks = args.outers * args.count;
  const last = firstUnit(blocks, thread + 1, threads);
  const bytes: usize = args.blockBytes;
  for (let block = firstUnit(blocks, thread, threads); block < last; block++) {
    const outer = block / args.count;
    const index = indexAt(args, block - outer * args.count, args.extent, 0, thread);
    const from = args.input + (<usize>outer * args.extent + index) * bytes;
    const to = args.output + <usize>block * bytes;
    if (bytes == 4) store<u32>(to, load<u32>(from));
    else if (bytes == 8) store<u64>(to, load<u64>(from));
    else if (bytes == 1) store<u8>(to, load<u8>(from));
    else memory.copy(to, from, bytes);
  }
}


@unmanaged
class GatherGradientArgs extends IndexArgs {
  /** f32[outers, count, inner] */
  gradient: usize;
  /** f32[outers, extent, inner] */
  output: usize;
  outers: i32;
  extent: i32;
  count: i32;
  inner: i32;
}

// Neighbouring floats that go through all indices together: a line of the cache.
const LINE: i32 = 16;

/**
 * output[outer, k] = sum of gradient[outer, i] over the i whose index is k, in their order. Reads up to 12 bytes behind
 * rows.
 */
export function f32_gather_gradient(args: GatherGradientArgs, thread: i32, threads: i32): void {
  assert(args.indexBytes == 4 || args.indexBytes == 8);
  const lines = (args.inner + LINE - 1) / LINE;
  const last = firstUnit(args.outers * lines, thread + 1, threads);
  const bytes = (<usize>args.inner) << 2;
  for (let unit = firstUnit(args.outers * lines, thread, threads); unit < last; unit++) {
    const outer = unit / lines;
    const first = (unit - outer * lines) * LINE;
    const floats = min(LINE, args.inner - first);
    const output = args.output + <usize>(outer * args.extent) * bytes + ((<usize>first) << 2);
    for (let k = 0; k < args.extent; k++) {
      const to = output + <usize>k * bytes;
      for (let at: usize = 0, left = floats; left > 0; at += 16, left -= 4) storeLanes(to + at, f32x4.splat(0), left);
    }
    let from = args.gradient + <usize>(outer * args.count) * bytes + ((<usize>first) << 2);
    for (let i = 0; i < args.count; i++, from += bytes) {
      const to = output + <usize>indexAt(args, i, args.extent, 0, thread) * bytes;
      for (let at: usize = 0, left = floats; left > 0; at += 16, left -= 4) {
        storeLanes(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)), left);
      }
    }
  }
}
