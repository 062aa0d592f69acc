// Operators called on tensors that resize and sample images, and choose among boxes in them.

import { gridSample as gridSampleOperator } from '../ops/vision/gridSample.js';
import { nonMaxSuppression as nonMaxSuppressionOperator } from '../ops/vision/nonMaxSuppression.js';
import { resize as resizeOperator } from '../ops/vision/resize.js';
import { roiAlign as roiAlignOperator } from '../ops/vision/roiAlign.js';
import { checkOptions, flag, oneOf } from '../options.js';
import { type Tensor, tensor } from '../tensor.js';
import { type PerAxis, perAxis } from '../windowOptions.js';
import { apply, countSpatialAxes } from './apply.js';

/** How values between pixels follow from them. */
export type Interpolation = 'nearest' | 'linear' | 'cubic';

const interpolations: readonly Interpolation[] = ['nearest', 'linear', 'cubic'];

export interface ResizeOptions {
  /** Default: linear. */
  interpolation?: Interpolation;
  /** Maps the centres of the corner pixels onto each other; otherwise pixels are areas. Default: false. */
  alignCorners?: boolean;
  /** Widens the filter where the image shrinks. Default: false. */
  antialias?: boolean;
}

/**
 * `[N, ...spatial, C]` with other spatial extents.
 * @param size one for each spatial axis
 */
export function resize<T extends Tensor>(x: T, size: PerAxis, options: ResizeOptions = {}): T {
  const axes = countSpatialAxes('resize', x);
  const known = ['interpolation', 'alignCorners', 'antialias'] as const;
  const { interpolation = 'linear', alignCorners = false, antialias = false } = checkOptions('resize', options, known);
  return apply(resizeOperator, [x], {
    mode: oneOf('interpolation', interpolation, interpolations),
    axes: Array.from({ length: axes }, (_, axis) => axis + 1),
    sizes: perAxis('size', size, axes),
    coordinates: flag('alignCorners', alignCorners) ? 'align_corners' : 'half_pixel',
    antialias: flag('antialias', antialias),
  }) as T;
}

export interface GridSampleOptions {
  /** Default: linear. */
  interpolation?: Interpolation;
  /** What is outside the map. Default: zeros. */
  outside?: 'zeros' | 'border' | 'reflection';
  /** -1 and 1 are the centres of the outermost pixels, not their outer edges. Default: false. */
  alignCorners?: boolean;
}

/**
 * Samples `[N, ...spatial, C]` at points.
 * @param grid `[N, ...points, axes]`: x, y (and z) of each point, from -1 to 1 over the map
 * @returns `[N, ...points, C]`
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor<'float32'> {
  const known = ['interpolation', 'outside', 'alignCorners'] as const;
  const {
    interpolation = 'linear',
    outside = 'zeros',
    alignCorners = false,
  } = checkOptions('gridSample', options, known);
  return apply(gridSampleOperator, [x, grid], {
    mode: oneOf('interpolation', interpolation, interpolations),
    outside: oneOf('outside', outside, ['zeros', 'border', 'reflection']),
    alignCorners: flag('alignCorners', alignCorners),
  }) as Tensor<'float32'>;
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
 * @param size `[rows, columns]` of the result, or one number for both
 * @returns `[R, rows, columns, C]`
 */
export function roiAlign(
  x: Tensor,
  regions: Tensor,
  images: Tensor,
  size: PerAxis,
  options: RoiAlignOptions = {},
): Tensor<'float32'> {
  const [rows, columns] = perAxis('size', size, 2);
  const {
    scale = 1,
    samples = 0,
    halfPixel = true,
  } = checkOptions('roiAlign', options, ['scale', 'samples', 'halfPixel']);
  const attributes = { rows, columns, scale, samples, halfPixel: flag('halfPixel', halfPixel) };
  return apply(roiAlignOperator, [x, regions, images], attributes) as Tensor<'float32'>;
}

export interface NonMaxSuppressionOptions {
  /** Default: all. */
  mostPerClass?: number;
  /** Intersection over union beyond which the box with the lower score goes. Default: 0. */
  overlap?: number;
  /** Only boxes with greater scores are chosen. Default: all may be. */
  score?: number;
  /** A box is [x, y, width, height] of its centre, not two opposite corners [y, x, y, x]. Default: false. */
  centred?: boolean;
}

/**
 * Of boxes that overlap, the one with the best score, class by class.
 * @param boxes `[batches, boxes, 4]`
 * @param scores `[batches, classes, boxes]`
 * @returns `[chosen, 3]`: batch, class and box (int64), of each class the best score first
 */
export function nonMaxSuppression(
  boxes: Tensor,
  scores: Tensor,
  options: NonMaxSuppressionOptions = {},
): Tensor<'int64'> {
  const known = ['mostPerClass', 'overlap', 'score', 'centred'] as const;
  const given = checkOptions('nonMaxSuppression', options, known);
  const { mostPerClass = Number.MAX_SAFE_INTEGER, overlap = 0, score, centred = false } = given;
  const thresholds = [tensor(overlap, []), score === undefined ? undefined : tensor(score, [])];
  return apply(nonMaxSuppressionOperator, [boxes, scores, ...thresholds], { mostPerClass, centred }) as Tensor<'int64'>;
}
