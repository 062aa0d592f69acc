// Regions of channels-last maps brought to one size: each cell is the mean, or the maximum, of bilinear samples.
import { storeLanes } from "../primitives/lanes";
import { weigh } from "./resample";
import { indexAt, IndexArgs } from "../indexing/checked_index";
import { firstUnit } from "../runtime/share";
import { TAPS_BYTES } from "./vision_layout";

/** The indices are the image of each region. */
@unmanaged
class RoiAlignArgs extends IndexArgs {
  /** [images, rows, columns, channels], channels contiguous. */
  input: usize;
  /** f32[regions][4]: x and y of two corners. */
  regions: usize;
  /** [regions, outputRows, outputColumns, channels] */
  output: usize;
  imageCount: i32;
  regionCount: i32;
  outputRows: i32;
  outputColumns: i32;
  channels: i32;
  rows: i32;
  columns: i32;
  inputImageStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  /** Samples of a cell in each direction; 0: one a pixel. */
  samples: i32;
  /** Map pixels in a unit of the regions. */
  scale: f32;
  /** Subtracted from the scaled corners: 0.5 where coordinates are of pixel edges. */
  shift: f32;
  /** 1: the greatest weighted pixel of a cell instead of the mean of its samples. */
  isMax: i32;
  /** For each thread `roiAlignScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}

/**
 * output[region, row, column] = mean or maximum of samples in that cell of the region, each interpolated bilinearly.
 */
export function f32_roi_align(args: RoiAlignArgs, thread: i32, threads: i32): void {
  assert(args.rows > 0 && args.columns > 0 && args.imageCount > 0);
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const cells = args.outputRows * args.outputColumns;
  const units = args.regionCount * cells;
  const last = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < last; unit++) {
    const region = unit / cells;
    const cell = unit - region * cells;
    const row = cell / args.outputColumns;
    const output = args.output + <usize>unit * ((<usize>args.channels) << 2);
    alignCell(args, output, region, row, cell - row * args.outputColumns, scratch, thread);
  }
}

function alignCell(
  args: RoiAlignArgs,
  output: usize,
  region: i32,
  row: i32,
  column: i32,
  scratch: usize,
  thread: i32,
): void {
  const corners = args.regions + ((<usize>region) << 4);
  const left = load<f32>(corners) * args.scale - args.shift;
  const top = load<f32>(corners, 4) * args.scale - args.shift;
  let width = load<f32>(corners, 8) * args.scale - args.shift - left;
  let height = load<f32>(corners, 12) * args.scale - args.shift - top;
  if (args.shift == 0) {
    width = max<f32>(width, 1);
    height = max<f32>(height, 1);
  }
  const cellWidth = width / <f32>args.outputColumns;
  const cellHeight = height / <f32>args.outputRows;
  const across = samplesOf(args.samples, cellWidth, args.columns);
  const down = samplesOf(args.samples, cellHeight, args.rows);
  const image = args.input + <usize>indexAt(args, region, args.imageCount, 0, thread) * args.inputImageStride;
  const sample = scratch + TAPS_BYTES;
  let samples = 0;
  for (let i = 0; i < down; i++) {
    const y = top + (<f32>row + (<f32>i + 0.5) / <f32>down) * cellHeight;
    for (let j = 0; j < across; j++) {
      const x = left + (<f32>column + (<f32>j + 0.5) / <f32>across) * cellWidth;
      bilinearTaps(args, scratch, y, x);
      if (args.isMax) {
        for (let tap: usize = 0; tap < 16; tap += 4) {
          weigh(sample, image, scratch + tap, scratch + tap + 16, 1, args.channels);
          collect(args, output, sample, samples++);
        }
      } else {
        weigh(sample, image, scratch, scratch + 16, 4, args.channels);
        collect(args, output, sample, samples++);
      }
    }
  }
  finish(args, output, samples);
}

/**
 * Samples over `length` pixels: `given`, or one a pixel. Regions are data: one far larger than the map ends the work.
 */
function samplesOf(given: i32, length: f32, extent: i32): i32 {
  if (given > 0) return given;
  return length > 0 ? <i32>min<f32>(ceil(length), 4 * <f32>extent) : 0;
}

/** Offsets and weights of the four pixels around a place; further than one pixel outside there is nothing. */
function bilinearTaps(args: RoiAlignArgs, to: usize, y: f32, x: f32): void {
  const inside = y >= -1 && y <= <f32>args.rows && x >= -1 && x <= <f32>args.columns;
  y = inside ? max<f32>(0, min<f32>(y, <f32>(args.rows - 1))) : 0;
  x = inside ? max<f32>(0, min<f32>(x, <f32>(args.columns - 1))) : 0;
  const row = <i32>y;
  const column = <i32>x;
  const weight: f32 = inside ? 1 : 0;
  const v = y - <f32>row;
  const u = x - <f32>column;
  const top = row * args.inputRowStride;
  const bottom = min(row + 1, args.rows - 1) * args.inputRowStride;
  const left = column * args.inputColumnStride;
  const right = min(column + 1, args.columns - 1) * args.inputColumnStride;
  store<i32>(to, top + left);
  store<i32>(to, top + right, 4);
  store<i32>(to, bottom + left, 8);
  store<i32>(to, bottom + right, 12);
  store<f32>(to, weight * (1 - v) * (1 - u), 16);
  store<f32>(to, weight * (1 - v) * u, 20);
  store<f32>(to, weight * v * (1 - u), 24);
  store<f32>(to, weight * v * u, 28);
}

/** Joins one more sample to those at `output`. */
function collect(args: RoiAlignArgs, output: usize, sample: usize, before: i32): void {
  for (let left = args.channels; left > 0; left -= 4, output += 16, sample += 16) {
    let value = v128.load(sample);
    if (before > 0) value = args.isMax ? f32x4.max(v128.load(output), value) : f32x4.add(v128.load(output), value);
    storeLanes(output, value, left);
  }
}

/** The mean of the samples added; zeros of none. */
function finish(args: RoiAlignArgs, output: usize, samples: i32): void {
  if (samples > 0 && args.isMax) return;
  const factor = f32x4.splat(samples > 0 ? 1 / <f32>samples : 0);
  for (let left = args.channels; left > 0; left -= 4, output += 16) {
    storeLanes(output, samples > 0 ? f32x4.mul(v128.load(output), factor) : f32x4.splat(0), left);
  }
}
