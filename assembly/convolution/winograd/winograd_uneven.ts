// Tiles that Winograd must not compute: every output of a tile is a sum over all of its inputs in which those
// that its window doesn't see cancel, but for roundings. What is infinite or no number never cancels, and the roundings of
// a value far greater than the others spoil the outputs that don't see it. Such tiles are found among those with great
// values at the points, and computed directly, with taps that are recovered from their values at the points.
import { Activation, clip } from "../../primitives/activation";
import { PANEL_ROW } from "../../matmul/panel_layout";
import { WinogradArgs } from "./winograd_arguments";
import { PASS_BYTES, STORE_BYTES, RECOVERED_BYTES } from "./winograd_layout";
import { point } from "./winograd_transform";

/** Magnitude, as bits, from which on values at the points make a tile suspect. */
export const SUSPECT: u32 = 0x45800000;
const INFINITE: u32 = 0x7f800000;
/** Magnitude of the greatest input in terms of the greatest of a window's: more spoils it. */
const UNEVEN: f32 = 256;

/** The greatest magnitude, as bits, of `channels` floats. */
function greatest(from: usize, channels: i32): u32 {
  let most = i32x4.splat(0);
  for (; channels > 0; channels -= 4, from += 16) {
    let bits = v128.and(v128.load(from), i32x4.splat(i32.MAX_VALUE));
    if (channels < 4) bits = v128.and(bits, i32x4.gt_s(i32x4.splat(channels), i32x4(0, 1, 2, 3)));
    most = i32x4.max_s(most, bits);
  }
  return greatestLane(most);
}

/** The greatest of four lanes that are not negative. */
function greatestLane(v: v128): u32 {
  v = i32x4.max_s(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return <u32>max(i32x4.extract_lane(v, 0), i32x4.extract_lane(v, 1));
}

/**
 * Whether an input of the tile whose first window is at `window` spoils an output of which it is none: one that is not
 * finite, or whose magnitude is over 2^12 and 2^8 times that of the greatest input of some output's window.
 */
export function isUneven(args: WinogradArgs, window: usize, rows: i32, columns: i32, scratch: usize, tile: i32): bool {
  const size = tile + 2;
  const seen = scratch + PASS_BYTES;
  memory.fill(seen, 0, STORE_BYTES);
  let most: u32 = 0;
  for (let part = 0; part < args.partCount; part++) {
    const from = window + load<i32>(args.taps + ((<usize>part) << 2));
    const present = load<i32>(args.present + ((<usize>part) << 2));
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const at = from + row * args.inputRowStride + column * args.inputColumnStride;
        const value = greatest(at, args.channels);
        most = max(most, value);
        for (let tap = 0; tap < 9; tap++) {
          const y = row - tap / 3;
          const x = column - (tap % 3);
          if (!((present >> tap) & 1) || <u32>y >= <u32>rows || <u32>x >= <u32>columns) continue;
          const output = seen + ((<usize>(y * tile + x)) << 2);
          store<u32>(output, max(load<u32>(output), value));
        }
      }
    }
  }
  if (most >= INFINITE) return true;
  if (most < SUSPECT) return false;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (reinterpret<f32>(most) > UNEVEN * load<f32>(seen + ((<usize>(y * tile + x)) << 2))) return true;
    }
  }
  return false;
}

/**
 * The outputs of eight filters of a tile, with bias, residual and clip, at scratch + PASS_BYTES: a row of eight floats
 * for each of tile x tile pixels.
 */
export function convolveTile(
  args: WinogradArgs,
  window: usize,
  residual: usize,
  rows: i32,
  columns: i32,
  bias: usize,
  weights: usize,
  positionBytes: usize,
  lanes: i32,
  scratch: usize,
  tile: i32,
): void {
  const pixels = scratch + PASS_BYTES;
  for (let pixel = 0; pixel < tile * tile; pixel++) {
    memory.copy(pixels + <usize>pixel * PANEL_ROW, bias, PANEL_ROW);
  }
  for (let part = 0; part < args.partCount; part++) {
    const from = window + load<i32>(args.taps + ((<usize>part) << 2));
    const present = load<i32>(args.present + ((<usize>part) << 2));
    for (let channel: usize = 0; channel < <usize>args.channels; channel++, weights += PANEL_ROW) {
      for (let half: usize = 0; half < PANEL_ROW; half += 16) {
        recoverTaps(weights + half, positionBytes, scratch, tile);
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            const to = pixels + <usize>(y * tile + x) * PANEL_ROW + half;
            let sum = v128.load(to);
            for (let tap = 0; tap < 9; tap++) {
              if (!((present >> tap) & 1)) continue;
              const at =
                from + (y + tap / 3) * args.inputRowStride + (x + (tap % 3)) * args.inputColumnStride + (channel << 2);
              sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(at), v128.load(scratch + ((<usize>tap) << 4))));
            }
            v128.store(to, sum);
          }
        }
      }
    }
  }
  const clipped = args.activation == Activation.clip;
  const low = f32x4.splat(clipped ? args.alpha : -Infinity);
  const high = f32x4.splat(clipped ? args.beta : Infinity);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const to = pixels + <usize>(y * tile + x) * PANEL_ROW;
      const add = residual + y * args.residualRowStride + x * args.residualColumnStride;
      for (let half: usize = 0; half < (lanes > 4 ? PANEL_ROW : 16); half += 16) {
        let sum = v128.load(to + half);
        if (args.residual) sum = f32x4.add(sum, v128.load(add + half));
        v128.store(to + half, clip(sum, low, high));
      }
    }
  }
}

/**
 * The 3x3 taps of four filters from their values at the points, within 2^-20 of the greatest of each filter's: what
 * is less is 0. Nine vectors at `to`, and twelve more of scratch.
 */
function recoverTaps(values: usize, positionBytes: usize, to: usize, tile: i32): void {
  const size = tile + 2;
  const rowBytes = <usize>size * positionBytes;
  // Columns of values first, to three rows of the positions that rows need.
  for (let column = 0; column < 4; column++) {
    const from = values + <usize>(column == 3 ? size - 1 : column) * positionBytes;
    recoverThree(from, rowBytes, to + RECOVERED_BYTES + ((<usize>column) << 4), 64, tile);
  }
  let most = f32x4.splat(0);
  for (let row: usize = 0; row < 3; row++) {
    const from = to + RECOVERED_BYTES + (row << 6);
    const taps = to + row * 48;
    const first = v128.load(from);
    const second = middle(v128.load(from, 16), v128.load(from, 32), tile);
    const third = v128.load(from, 48);
    v128.store(taps, first);
    v128.store(taps, second, 16);
    v128.store(taps, third, 32);
    most = f32x4.max(f32x4.max(most, f32x4.abs(first)), f32x4.max(f32x4.abs(second), f32x4.abs(third)));
  }
  const least = f32x4.mul(most, f32x4.splat(9.5367431640625e-7));
  for (let tap: usize = 0; tap < 144; tap += 16) {
    const w = v128.load(to + tap);
    v128.store(to + tap, v128.andnot(w, f32x4.lt(f32x4.abs(w), least)));
  }
}

/** Three weights from their values at the points, `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function recoverThree(from: usize, stride: usize, to: usize, toStride: usize, tile: i32): void {
  v128.store(to, v128.load(from));
  v128.store(to + toStride, middle(v128.load(from + stride), v128.load(from + 2 * stride), tile));
  v128.store(to + 2 * toStride, v128.load(from + <usize>(tile + 1) * stride));
}

/** The middle one of three weights from its values at the first point's two signs. */
// @ts-ignore: decorator
@inline
function middle(plus: v128, minus: v128, tile: i32): v128 {
  const difference = f32x4.sub(plus, minus);
  if (tile == 2) return difference;
  // As transformWeights has them, half the difference is the weight times sqrt(2) / -3.
  return f32x4.mul(difference, f32x4.div(f32x4.splat(0.5), f32x4.mul(point(1), point(4))));
}
