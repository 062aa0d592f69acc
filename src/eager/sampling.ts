// Operators called on tensors that rearrange, resize and sample images.

import type { Tensor } from '../tensor.js';
import { apply, countSpatialAxes, type PerAxis, perAxis } from './apply.js';

/** Blocks of channels as blocks of pixels: `[N, H, W, b b C]` becomes `[N, b H, b W, C]`, the block's place counting slower than C. */
export function depthToSpace(x: Tensor, blockSize: number): Tensor {
  return apply('depthToSpace', [x], { blockSize });
}

/** The opposite of `depthToSpace`. */
export function spaceToDepth(x: Tensor, blockSize: number): Tensor {
  return apply('spaceToDepth', [x], { blockSize });
}

/** `depthToSpace` with the block's place counting faster than C, as PyTorch's pixel shuffle does. */
export function pixelShuffle(x: Tensor, blockSize: number): Tensor {
  return apply('depthToSpace', [x], { blockSize, blocksInside: true });
}

export interface GridSampleOptions {
  /** Default: linear. */
  mode?: 'nearest' | 'linear' | 'cubic';
  /** What is outside the map. Default: zeros. */
  outside?: 'zeros' | 'border' | 'reflection';
  /** -1 and 1 are the centres of the outermost pixels, not their outer edges. */
  alignCorners?: boolean;
}

/**
 * Samples `[N, ...spatial, C]` at points.
 * @param grid `[N, ...points, axes]`: x, y (and z) of each point, from -1 to 1 over the map
 * @returns `[N, ...points, C]`
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const { mode = 'linear', outside = 'zeros', alignCorners = false } = options;
  return apply('gridSample', [x, grid], { mode, outside, alignCorners });
}

export interface RoiAlignOptions {
  /** Map pixels in a unit of the regions. Default: 1. */
  scale?: number;
  /** Samples of a cell in each direction. Default: one a pixel. */
  samples?: number;
  /** Coordinates are of pixel edges. Default: true. */
  halfPixel?: boolean;
}

/**
 * Brings regions of `[N, H, W, C]` to one size, each cell the mean of bilinear samples.
 * @param regions `[R, 4]`: x and y of two opposite corners
 * @param images `[R]`: the image of each region, int32 or int64
 * @returns `[R, rows, columns, C]`
 */
export function roiAlign(
  x: Tensor,
  regions: Tensor,
  images: Tensor,
  [rows, columns]: readonly [number, number],
  { scale = 1, samples = 0, halfPixel = true }: RoiAlignOptions = {},
): Tensor {
  return apply('roiAlign', [x, regions, images], { rows, columns, scale, samples, halfPixel });
}

export interface ResizeOptions {
  /** Default: linear. */
  mode?: 'nearest' | 'linear' | 'cubic';
  /** Maps the centres of the corner pixels onto each other; otherwise pixels are areas. */
  alignCorners?: boolean;
  /** Widens the filter where the image shrinks. */
  antialias?: boolean;
}

/**
 * `[N, ...spatial, C]` with other spatial extents.
 * @param size one for each spatial axis
 */
export function resize(
  x: Tensor,
  size: PerAxis,
  { mode = 'linear', alignCorners, antialias }: ResizeOptions = {},
): Tensor {
  const rank = countSpatialAxes('resize', x);
  return apply('resize', [x], {
    mode,
    axes: Array.from({ length: rank }, (_, axis) => axis + 1),
    sizes: perAxis(size, rank),
    coordinates: alignCorners ? 'align_corners' : 'half_pixel',
    antialias: antialias ?? false,
  });
}
