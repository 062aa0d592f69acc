// Depthwise convolution of 8-bit integers with windows of 3x3 and 5x5, strides 1 and 2: two rows of the input become one
// line of pairs of 16 bits, and seven pixels slide along the lines that their windows lie in.
import { ElementType } from "../primitives/element_type";
import { storeBytes } from "../primitives/tail";
import { firstUnit } from "../runtime/share";
import { IntegerConvArgs } from "./integer_arguments";
import { depthwiseBlockBytes, depthwiseLineColumns, depthwiseLines, LINES_OFFSET } from "./integer_layout";
import { byteAt, cutBytes, MAGIC_BITS, scaled, scaledAny } from "./requantize";


@unmanaged
class DepthwiseRowsArgs {
  /** [channels, width, width], i8 or u8. */
  source: usize;
  /** ElementType of the source. */
  type: i32;
  /** Of the source's type, for each channel; 0: none. */
  zero: usize;
  zeroStride: i32;
  /** i32[channels]; 0: none. */
  bias: usize;
  /** [ceil(channels / 4)][depthwiseBlockBytes(width)] */
  target: usize;
  channels: i32;
  /** Rows and columns of the windows. */
  width: i32;
}

/** What one call computes: seven neighbouring pixels, all channels of a chunk; `odd` is how far the set of weights is from the first. */
type Tile = (
  args: IntegerConvArgs,
  scratch: usize,
  weights: usize,
  odd: i32,
  multiplier: usize,
  from: usize,
  columnBytes: i32,
  channels: i32,
  output: usize,
  isPlain: bool,
) => void;

const TILE_COLUMNS: i32 = 7;
// In scratch.
const TILE: i32 = 16;

/** Packs filters for integer_depthwise_rows. */
export function pack_integer_depthwise(args: DepthwiseRowsArgs, thread: i32, threads: i32): void {
  const width = args.width;
  const bytes: usize = depthwiseBlockBytes(width);
  const blocks = (args.channels + 3) >> 2;
  const last = firstUnit(blocks, thread + 1, threads);
  for (let block = firstUnit(blocks, thread, threads); block < last; block++) {
    const target = args.target + <usize>block * bytes;
    memory.fill(target, 0, bytes);
    for (let lane = 0; lane < min(4, args.channels - (block << 2)); lane++) {
      const channel = (block << 2) + lane;
      const taken = args.zero ? byteAt(args.type, args.zero + channel * args.zeroStride) : 0;
      const bias = args.bias ? load<i32>(args.bias + ((<usize>channel) << 2)) : 0;
      let source = args.source + channel * width * width;
      let size: i64 = abs(bias);
      const place = target + (lane << 2);
      const odd = depthwiseLines(width) * width * 16;
      for (let row = 0; row < width; row++) {
        for (let column = 0; column < width; column++, source++) {
          const weight = byteAt(args.type, source) - taken;
          size += 255 * abs(weight);
          store<i16>(place + ((row >> 1) * width + column) * 16 + ((row & 1) << 1), <i16>weight, 32);
          const next = row + 1;
          store<i16>(place + odd + ((next >> 1) * width + column) * 16 + ((next & 1) << 1), <i16>weight, 32);
        }
      }
      store<i32>(place, bias);
      // Not below the bound, however it is rounded.
      store<f32>(place, <f32>size * 1.0000002, 16);
    }
  }
}

/** integer_depthwise for windows of 3x3, next to each other. `blockWindows` channels go through at once, a multiple of eight. */
export function integer_depthwise_3x3(args: IntegerConvArgs, thread: i32, threads: i32): void {
  walk(args, thread, threads, 3, 1, tile3By1);
}

/** The same two pixels apart. */
export function integer_depthwise_3x3_s2(args: IntegerConvArgs, thread: i32, threads: i32): void {
  walk(args, thread, threads, 3, 2, tile3By2);
}

/** integer_depthwise for windows of 5x5, next to each other. */
export function integer_depthwise_5x5(args: IntegerConvArgs, thread: i32, threads: i32): void {
  walk(args, thread, threads, 5, 1, tile5By1);
}

/** The same two pixels apart. */
export function integer_depthwise_5x5_s2(args: IntegerConvArgs, thread: i32, threads: i32): void {
  walk(args, thread, threads, 5, 2, tile5By2);
}

/** Line after line, chunk of channels after chunk: each new line completes the windows of one or two rows of the output. */
function walk(args: IntegerConvArgs, thread: i32, threads: i32, width: i32, stride: i32, tile: Tile): void {
  assert(args.planes == 1 && args.dilationRows == 1 && args.dilationColumns == 1);
  assert(args.blockWindows > 0 && (args.blockWindows & 7) == 0);
  const lines = depthwiseLines(width);
  const rowsALine = stride == 1 ? 2 : 1;
  const turns = (args.rows + rowsALine - 1) / rowsALine;
  const chunk = args.blockWindows;
  const chunks = (args.channels + chunk - 1) / chunk;
  const lineColumns = depthwiseLineColumns(args.columns, width, stride);
  const columnBytes = chunk << 2;
  const lineBytes: usize = lineColumns * columnBytes;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const lineStart = scratch + LINES_OFFSET;
  const blockBytes = depthwiseBlockBytes(width);
  const isPlain = arePlain(args, blockBytes);
  const odd = lines * width * 16;
  const wide = args.columns - (args.columns % TILE_COLUMNS);

  let unit = firstUnit(args.images * chunks * turns, thread, threads);
  const end = firstUnit(args.images * chunks * turns, thread + 1, threads);
  while (unit < end) {
    const imageChunk = unit / turns;
    const firstTurn = unit - imageChunk * turns;
    const lastTurn = min(turns, firstTurn + end - unit);
    const image = imageChunk / chunks;
    const channel = (imageChunk - image * chunks) * chunk;
    const channels = min(chunk, args.channels - channel);
    const input = args.input + image * args.inputImageStride + channel;
    const output = args.output + image * args.outputImageStride + channel * (args.multipliers ? 1 : 4);
    const weights = args.weights + ((<usize>channel) >> 2) * blockBytes;
    const multiplier = args.multipliers + channel * args.multiplierStride;
    for (let turn = firstTurn; turn < lastTurn; turn++) {
      for (let i = turn == firstTurn ? 0 : lines - 1; i < lines; i++) {
        pairRows(args, input, turn + i, channels, columnBytes, lineStart + ((turn + i) % lines) * <i32>lineBytes);
      }
      for (let i = 0; i < lines; i++) {
        store<u32>(scratch + (i << 2), <u32>(lineStart + ((turn + i) % lines) * <i32>lineBytes));
      }
      for (let i = 0; i < rowsALine; i++) {
        const y = turn * rowsALine + i;
        if (y == args.rows) break;
        const to = output + y * args.outputRowStride;
        const set = i ? odd : 0;
        const step = stride * columnBytes;
        for (let x = 0; x < wide; x += TILE_COLUMNS) {
          tile(
            args,
            scratch,
            weights,
            set,
            multiplier,
            x * step,
            columnBytes,
            channels,
            to + x * args.outputColumnStride,
            isPlain,
          );
        }
        if (wide == args.columns) continue;
        // The last seven pixels again; where a row has fewer, those behind its end are computed, but not stored.
        const x = max(0, args.columns - TILE_COLUMNS);
        const plain = isPlain && x > 0;
        tile(
          args,
          scratch,
          weights,
          set,
          multiplier,
          x * step,
          columnBytes,
          channels,
          to + x * args.outputColumnStride,
          plain,
        );
      }
    }
    unit += lastTurn - firstTurn;
  }
}

/** Whether `scaled` is right for all products of multipliers and sums. */
function arePlain(args: IntegerConvArgs, blockBytes: usize): bool {
  if (!args.multipliers || args.rounding != 0) return false;
  let bound = args.weights + 16;
  let multiplier = args.multipliers;
  const most = f32x4.splat(12e6);
  let areSmall = i32x4.splat(-1);
  // Behind the last multiplier there may be anything; those channels have no bounds.
  for (let channel = 0; channel < args.channels; channel += 4, bound += blockBytes) {
    let factors = args.multiplierStride ? v128.load(multiplier) : v128.load32_splat(multiplier);
    multiplier += 4 * args.multiplierStride;
    areSmall = v128.and(areSmall, f32x4.lt(f32x4.mul(f32x4.abs(factors), v128.load(bound)), most));
  }
  return i32x4.all_true(areSmall) && (args.channels & 3) == 0;
}

/** Writes line `number`: two rows of the input, less their zero, and the padding beside them. */
function pairRows(
  args: IntegerConvArgs,
  input: usize,
  number: i32,
  channels: i32,
  columnBytes: i32,
  line: usize,
): void {
  const y = 2 * number - args.paddingRows;
  const left = args.paddingColumns;
  const columns = depthwiseLineColumns(args.columns, args.kernelColumns, args.strideColumns);
  const first = min(columns, max(0, left));
  const last = max(first, min(columns, args.inputColumns + left));
  memory.fill(line, 0, first * columnBytes);
  memory.fill(line + last * columnBytes, 0, (columns - last) * columnBytes);
  const hasFirst = <u32>y < <u32>args.inputRows;
  const hasSecond = <u32>(y + 1) < <u32>args.inputRows;
  const isSigned = args.inputType == ElementType.int8;
  const zeros = i16x8.splat(<i16>(args.inputZero ? byteAt(args.inputType, args.inputZero) : 0));
  // What isn't there is multiplied with 0 after its zero is taken off.
  const kept = i32x4.splat((hasFirst ? 0xffff : 0) | (hasSecond ? 0xffff0000 : 0));
  let a = input + y * args.inputRowStride + (first - left) * args.inputColumnStride;
  let b = a + args.inputRowStride;
  if (!hasFirst) a = b;
  if (!hasSecond) b = a;
  if (!hasFirst && !hasSecond) {
    memory.fill(line + first * columnBytes, 0, (last - first) * columnBytes);
    return;
  }
  line += first * columnBytes;
  for (let column = first; column < last; column++) {
    for (let channel: usize = 0; channel < <usize>channels; channel += 8) {
      const x = v128.load64_zero(a + channel);
      const y = v128.load64_zero(b + channel);
      const xy = i8x16.shuffle(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const low = isSigned ? i16x8.extend_low_i8x16_s(xy) : i16x8.extend_low_i8x16_u(xy);
      const high = isSigned ? i16x8.extend_high_i8x16_s(xy) : i16x8.extend_high_i8x16_u(xy);
      v128.store(line + (channel << 2), v128.and(i16x8.sub(low, zeros), kept));
      v128.store(line + (channel << 2), v128.and(i16x8.sub(high, zeros), kept), 16);
    }
    a += args.inputColumnStride;
    b += args.inputColumnStride;
    line += columnBytes;
  }
}

function tile3By1(
  args: IntegerConvArgs,
  scratch: usize,
  weights: usize,
  odd: i32,
  multiplier: usize,
  from: usize,
  columnBytes: i32,
  channels: i32,
  output: usize,
  isPlain: bool,
): void {
  tile(args, scratch, weights, odd, multiplier, from, columnBytes, channels, output, isPlain, 3, 1);
}

function tile3By2(
  args: IntegerConvArgs,
  scratch: usize,
  weights: usize,
  odd: i32,
  multiplier: usize,
  from: usize,
  columnBytes: i32,
  channels: i32,
  output: usize,
  isPlain: bool,
): void {
  tile(args, scratch, weights, odd, multiplier, from, columnBytes, channels, output, isPlain, 3, 2);
}

function tile5By1(
  args: IntegerConvArgs,
  scratch: usize,
  weights: usize,
  odd: i32,
  multiplier: usize,
  from: usize,
  columnBytes: i32,
  channels: i32,
  output: usize,
  isPlain: bool,
): void {
  tile(args, scratch, weights, odd, multiplier, from, columnBytes, channels, output, isPlain, 5, 1);
}

function tile5By2(
  args: IntegerConvArgs,
  scratch: usize,
  weights: usize,
  odd: i32,
  multiplier: usize,
  from: usize,
  columnBytes: i32,
  channels: i32,
  output: usize,
  isPlain: bool,
): void {
  tile(args, scratch, weights, odd, multiplier, from, columnBytes, channels, output, isPlain, 5, 2);
}

// @ts-ignore: decorator
@inline
function add(sum: v128, x: v128, w: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
}

/** A tap that only rows of five have. */
// @ts-ignore: decorator
@inline
function addOf5(width: i32, sum: v128, x: v128, w: v128): v128 {
  return width == 5 ? add(sum, x, w) : sum;
}

// @ts-ignore: decorator
@inline
function tile(
  args: IntegerConvArgs,
  scratch: usize,
  weights: usize,
  odd: i32,
  multiplier: usize,
  offset: usize,
  columnBytes: i32,
  channels: i32,
  output: usize,
  isPlain: bool,
  width: i32,
  stride: i32,
): void {
  const pixel: usize = columnBytes;
  const linesEnd = scratch + (((width + 1) >> 1) << 2);
  for (; channels > 0; channels -= 4) {
    let s0 = v128.load(weights);
    let s1 = s0,
      s2 = s0,
      s3 = s0,
      s4 = s0,
      s5 = s0,
      s6 = s0;
    let w = weights + 32 + odd;
    for (let line = scratch; line < linesEnd; line += 4, w += width << 4) {
      const w0 = v128.load(w),
        w1 = v128.load(w, 16),
        w2 = v128.load(w, 32);
      const w3 = width == 5 ? v128.load(w, 48) : w2,
        w4 = width == 5 ? v128.load(w, 64) : w2;
      let from = <usize>load<u32>(line) + offset;
      let x: v128;
      // No address is 0: with branches between columns V8 doesn't load a whole row before it multiplies.
      if (stride == 1) {
        x = v128.load(from);
        s0 = add(s0, x, w0);
        from += pixel;
        x = v128.load(from);
        s1 = add(s1, x, w0);
        s0 = add(s0, x, w1);
        from += pixel;
        x = v128.load(from);
        s2 = add(s2, x, w0);
        s1 = add(s1, x, w1);
        s0 = add(s0, x, w2);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s3 = add(s3, x, w0);
        s2 = add(s2, x, w1);
        s1 = add(s1, x, w2);
        s0 = addOf5(width, s0, x, w3);
        from += pixel;
        x = v128.load(from);
        s4 = add(s4, x, w0);
        s3 = add(s3, x, w1);
        s2 = add(s2, x, w2);
        s1 = addOf5(width, s1, x, w3);
        s0 = addOf5(width, s0, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s5 = add(s5, x, w0);
        s4 = add(s4, x, w1);
        s3 = add(s3, x, w2);
        s2 = addOf5(width, s2, x, w3);
        s1 = addOf5(width, s1, x, w4);
        from += pixel;
        x = v128.load(from);
        s6 = add(s6, x, w0);
        s5 = add(s5, x, w1);
        s4 = add(s4, x, w2);
        s3 = addOf5(width, s3, x, w3);
        s2 = addOf5(width, s2, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s6 = add(s6, x, w1);
        s5 = add(s5, x, w2);
        s4 = addOf5(width, s4, x, w3);
        s3 = addOf5(width, s3, x, w4);
        from += pixel;
        x = v128.load(from);
        s6 = add(s6, x, w2);
        s5 = addOf5(width, s5, x, w3);
        s4 = addOf5(width, s4, x, w4);
        if (width == 5) {
          from += pixel;
          x = v128.load(from);
          s6 = add(s6, x, w3);
          s5 = add(s5, x, w4);
          from += pixel;
          x = v128.load(from);
          s6 = add(s6, x, w4);
        }
      } else {
        x = v128.load(from);
        s0 = add(s0, x, w0);
        from += pixel;
        x = v128.load(from);
        s0 = add(s0, x, w1);
        from += pixel;
        x = v128.load(from);
        s1 = add(s1, x, w0);
        s0 = add(s0, x, w2);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s1 = add(s1, x, w1);
        s0 = addOf5(width, s0, x, w3);
        from += pixel;
        x = v128.load(from);
        s2 = add(s2, x, w0);
        s1 = add(s1, x, w2);
        s0 = addOf5(width, s0, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s2 = add(s2, x, w1);
        s1 = addOf5(width, s1, x, w3);
        from += pixel;
        x = v128.load(from);
        s3 = add(s3, x, w0);
        s2 = add(s2, x, w2);
        s1 = addOf5(width, s1, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s3 = add(s3, x, w1);
        s2 = addOf5(width, s2, x, w3);
        from += pixel;
        x = v128.load(from);
        s4 = add(s4, x, w0);
        s3 = add(s3, x, w2);
        s2 = addOf5(width, s2, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s4 = add(s4, x, w1);
        s3 = addOf5(width, s3, x, w3);
        from += pixel;
        x = v128.load(from);
        s5 = add(s5, x, w0);
        s4 = add(s4, x, w2);
        s3 = addOf5(width, s3, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s5 = add(s5, x, w1);
        s4 = addOf5(width, s4, x, w3);
        from += pixel;
        x = v128.load(from);
        s6 = add(s6, x, w0);
        s5 = add(s5, x, w2);
        s4 = addOf5(width, s4, x, w4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s6 = add(s6, x, w1);
        s5 = addOf5(width, s5, x, w3);
        from += pixel;
        x = v128.load(from);
        s6 = add(s6, x, w2);
        s5 = addOf5(width, s5, x, w4);
        if (width == 5) {
          from += pixel;
          x = v128.load(from);
          s6 = add(s6, x, w3);
          from += pixel;
          x = v128.load(from);
          s6 = add(s6, x, w4);
        }
      }
    }
    if (isPlain) {
      storePlain(args, multiplier, output, s0, s1, s2, s3, s4, s5, s6);
    } else {
      v128.store(scratch, s0, TILE);
      v128.store(scratch, s1, TILE + 16);
      v128.store(scratch, s2, TILE + 32);
      v128.store(scratch, s3, TILE + 48);
      v128.store(scratch, s4, TILE + 64);
      v128.store(scratch, s5, TILE + 80);
      v128.store(scratch, s6, TILE + 96);
      storeTile(args, scratch, multiplier, output, min(4, channels));
    }
    weights += 32 + 2 * ((width + 1) >> 1) * width * 16;
    offset += 16;
    multiplier += args.multiplierStride << 2;
    output += args.multipliers ? 4 : 16;
  }
}

/** Seven pixels of four channels, requantised by `scaled`. */
// @ts-ignore: decorator
@inline
function storePlain(
  args: IntegerConvArgs,
  multiplier: usize,
  output: usize,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  s4: v128,
  s5: v128,
  s6: v128,
): void {
  const type = args.outputType;
  const factors = args.multiplierStride ? v128.load(multiplier) : v128.load32_splat(multiplier);
  const offset = i32x4.splat(MAGIC_BITS - (args.outputZero ? byteAt(type, args.outputZero) : 0));
  const low = v128.load8_splat(changetype<usize>(args) + offsetof<IntegerConvArgs>("low"));
  const high = v128.load8_splat(changetype<usize>(args) + offsetof<IntegerConvArgs>("high"));
  const a = i16x8.narrow_i32x4_s(scaled(s0, factors, offset), scaled(s1, factors, offset));
  const b = i16x8.narrow_i32x4_s(scaled(s2, factors, offset), scaled(s3, factors, offset));
  const ab = cutBytes(type, a, b, low, high);
  const step: usize = args.outputColumnStride;
  v128.store32_lane(output, ab, 0);
  output += step;
  v128.store32_lane(output, ab, 1);
  output += step;
  v128.store32_lane(output, ab, 2);
  output += step;
  v128.store32_lane(output, ab, 3);
  output += step;
  const c = i16x8.narrow_i32x4_s(scaled(s4, factors, offset), scaled(s5, factors, offset));
  const last = scaled(s6, factors, offset);
  const cd = cutBytes(type, c, i16x8.narrow_i32x4_s(last, last), low, high);
  v128.store32_lane(output, cd, 0);
  output += step;
  v128.store32_lane(output, cd, 1);
  output += step;
  v128.store32_lane(output, cd, 2);
}

/** The sums of a tile, which are in scratch, as they are, or requantised by any multipliers and rounding; no more pixels than a row has. */
function storeTile(args: IntegerConvArgs, scratch: usize, multiplier: usize, output: usize, lanes: i32): void {
  const type = args.outputType;
  const zero = args.outputZero ? byteAt(type, args.outputZero) : 0;
  for (let i = min(TILE_COLUMNS, args.columns); i > 0; i--, scratch += 16, output += args.outputColumnStride) {
    let sums = v128.load(scratch, TILE);
    if (!args.multipliers) {
      if (lanes == 4) v128.store(output, sums);
      else storeBytes(output, sums, lanes << 2);
      continue;
    }
    const factors = args.multiplierStride ? v128.load(multiplier) : v128.load32_splat(multiplier);
    sums = scaledAny(sums, factors, zero, args.rounding);
    const halves = i16x8.narrow_i32x4_s(sums, sums);
    const bytes = cutBytes(type, halves, halves, i8x16.splat(<i8>args.low), i8x16.splat(<i8>args.high));
    storeBytes(output, bytes, lanes);
  }
}
