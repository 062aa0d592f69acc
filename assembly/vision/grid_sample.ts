// Sampling of channels-last maps at the points of a grid: each sample is a weighted sum of a few pixels.
import { weigh } from "./resample";
import { firstUnit } from "../runtime/share";
import { AXIS_BYTES, gridSampleScratch, OFFSETS, PRODUCTS } from "./vision_layout";

/** How a place becomes pixels. */
const enum Interpolation {
  nearest,
  linear,
  cubic,
}

/** What is outside the map. */
const enum Outside {
  zeros,
  border,
  reflection,
}


@unmanaged
class GridSampleArgs {
  /** [images, planes, rows, columns, channels], channels contiguous. */
  input: usize;
  /** [images, points, axes]: x, y and, with three axes, z of each point, from -1 to 1 over the map. */
  grid: usize;
  /** [images, points, channels] */
  output: usize;
  images: i32;
  points: i32;
  axes: i32;
  channels: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  /** An Interpolation. */
  interpolation: i32;
  /** An Outside. */
  outside: i32;
  /** 1: -1 and 1 are the centres of the outermost pixels, not their outer edges. */
  alignCorners: i32;
  /** For each thread `gridSampleScratch` bytes. */
  scratch: usize;
}

/** Bytes from the offsets of an axis to its weights. */
const WEIGHTS: usize = 16;

/**
 * output[image, point] = input at the point, interpolated over the axes there are: the map goes on outside as `outside`
 * says, and taps are weighed as inside. A point that is NaN, or infinitely many reflections away, gives NaN.
 */
export function f32_grid_sample(args: GridSampleArgs, thread: i32, threads: i32): void {
  assert(args.axes >= 1 && args.axes <= 3 && args.planes > 0 && args.rows > 0 && args.columns > 0);
  const scratch = args.scratch + <usize>thread * gridSampleScratch();
  const channelBytes = (<usize>args.channels) << 2;
  const last = firstUnit(args.images * args.points, thread + 1, threads);
  for (let unit = firstUnit(args.images * args.points, thread, threads); unit < last; unit++) {
    const grid = args.grid + <usize>unit * ((<usize>args.axes) << 2);
    const image = args.input + <usize>(unit / args.points) * args.inputImageStride;
    const output = args.output + <usize>unit * channelBytes;
    const columns = axisTaps(args, scratch, load<f32>(grid), args.columns, args.inputColumnStride);
    let rows = 1;
    let planes = 1;
    singleTap(scratch + AXIS_BYTES);
    singleTap(scratch + 2 * AXIS_BYTES);
    if (args.axes > 1) rows = axisTaps(args, scratch + AXIS_BYTES, load<f32>(grid, 4), args.rows, args.inputRowStride);
    if (args.axes > 2)
      planes = axisTaps(args, scratch + 2 * AXIS_BYTES, load<f32>(grid, 8), args.planes, args.inputPlaneStride);
    const taps = joinTaps(scratch, planes, rows, columns);
    weigh(output, image, scratch + OFFSETS, scratch + PRODUCTS, taps, args.channels);
  }
}

/** Offset 0 with weight 1. */
function singleTap(to: usize): void {
  store<i32>(to, 0);
  store<f32>(to, 1, WEIGHTS);
}

/** All combinations of the taps of three axes; returns their number. */
function joinTaps(scratch: usize, planes: i32, rows: i32, columns: i32): i32 {
  let taps: usize = 0;
  for (let plane = 0; plane < planes; plane++) {
    const atPlane = scratch + 2 * AXIS_BYTES + ((<usize>plane) << 2);
    for (let row = 0; row < rows; row++) {
      const atRow = scratch + AXIS_BYTES + ((<usize>row) << 2);
      const offset = load<i32>(atPlane) + load<i32>(atRow);
      const weight = load<f32>(atPlane, WEIGHTS) * load<f32>(atRow, WEIGHTS);
      for (let column = 0; column < columns; column++) {
        const atColumn = scratch + ((<usize>column) << 2);
        store<i32>(scratch + taps, offset + load<i32>(atColumn), OFFSETS);
        store<f32>(scratch + taps, weight * load<f32>(atColumn, WEIGHTS), PRODUCTS);
        taps += 4;
      }
    }
  }
  return <i32>(taps >> 2);
}

/** Byte offsets and weights of one axis's taps at `to`; returns their number. */
function axisTaps(args: GridSampleArgs, to: usize, place: f32, extent: i32, stride: i32): i32 {
  const length = <f32>extent;
  const low: f32 = args.alignCorners ? 0 : -0.5;
  let x: f32 = args.alignCorners ? (place + 1) * 0.5 * (length - 1) : ((place + 1) * length - 1) * 0.5;
  if (args.interpolation == Interpolation.nearest) x = nearest(x);
  if (x < low || x > length - 1 - low) {
    // Cubic taps near an edge reach inside.
    if (args.outside == Outside.border) {
      if (args.interpolation != Interpolation.cubic) x = min<f32>(length - 1, max<f32>(0, x));
    } else if (args.outside == Outside.reflection) x = reflect(x, low, length - 1 - low);
  }
  if (isNaN(x)) {
    store<i32>(to, 0);
    store<f32>(to, NaN, WEIGHTS);
    return 1;
  }
  // No further outside than all taps are.
  if (x < -4) x = -4;
  if (x > length + 4) x = length + 4;
  if (args.interpolation == Interpolation.nearest) {
    tap(args, to, <i32>nearest(x), 1, extent, stride);
    return 1;
  }
  const first = floor(x);
  const t = x - first;
  const index = <i32>first;
  if (args.interpolation == Interpolation.linear) {
    tap(args, to, index, 1 - t, extent, stride);
    tap(args, to + 4, index + 1, t, extent, stride);
    return 2;
  }
  tap(args, to, index - 1, cubicFar(1 + t), extent, stride);
  tap(args, to + 4, index, cubicNear(t), extent, stride);
  tap(args, to + 8, index + 1, cubicNear(1 - t), extent, stride);
  tap(args, to + 12, index + 2, cubicFar(2 - t), extent, stride);
  return 4;
}

/** One tap: a pixel outside the map has no weight, or is another one. */
function tap(args: GridSampleArgs, to: usize, index: i32, weight: f32, extent: i32, stride: i32): void {
  if (index < 0 || index >= extent) {
    if (args.outside == Outside.zeros) weight = 0;
    if (args.outside == Outside.reflection) {
      const low: f32 = args.alignCorners ? 0 : -0.5;
      index = <i32>reflect(<f32>index, low, <f32>extent - 1 - low);
    }
    index = max(0, min(extent - 1, index));
  }
  store<i32>(to, index * stride);
  store<f32>(to, weight, WEIGHTS);
}

/** `x` mirrored at `low` and `high` until it lies between them. */
function reflect(x: f32, low: f32, high: f32): f32 {
  const range = high - low;
  if (range <= 0) return low;
  const distance = x < low ? low - x : x > high ? x - high : 0;
  if (distance == 0) return x;
  const times = floor(distance / range);
  const rest = distance - times * range;
  const fromNearSide = ((<i32>min<f32>(times, 1e9)) & 1) == 0;
  return fromNearSide == x < low ? low + rest : high - rest;
}

// Cubic convolution with a = -0.75 (Keys 1981), by distance: up to 1, and from 1 to 2.

// @ts-ignore: decorator
@inline
function cubicNear(d: f32): f32 {
  return (1.25 * d - 2.25) * d * d + 1;
}

// @ts-ignore: decorator
@inline
function cubicFar(d: f32): f32 {
  return ((-0.75 * d + 3.75) * d - 6) * d + 3;
}
