// Brings regions of channels-last maps to one size by bilinear samples.

import { QuadlaneError } from '../../errors.js';
import { roiAlignScratch } from '../../layouts.generated.js';
import { formatShape, sizeOf } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import { mapArguments, spatial } from '../lowering/views.js';
import type { Attributes, Operator } from '../operator.js';

export interface RoiAlignAttributes extends Attributes {
  readonly rows: number;
  readonly columns: number;
  /** Samples of a cell in each direction. Default: one a pixel. */
  readonly samples?: number;
  /** Map pixels in a unit of the regions. */
  readonly scale?: number;
  /** Coordinates are of pixel edges, not of pixel centres. */
  readonly halfPixel?: boolean;
  /** The greatest weighted pixel of a cell instead of the mean of its samples. */
  readonly max?: boolean;
}

/** Most samples of a cell in each direction. */
const MOST_SAMPLES = 1024;

/** Inputs: x [N, H, W, C], regions [R, 4] as x and y of two corners, images [R]. Output: [R, rows, columns, C]. */
export const roiAlign: Operator<RoiAlignAttributes> = {
  name: 'roiAlign',
  needs: 3,
  gradient: 'is sampled at places that are computed, and no kernel takes that back',
  partialShapes: sameRank,

  infer([input, regions, images], { rows, columns, samples = 0 }) {
    const count = regions!.shape[0];
    const whole = (value: number, end: number) => Number.isInteger(value) && value >= 0 && value < end;
    const counts = whole(rows, 65_536) && whole(columns, 65_536) && whole(samples, MOST_SAMPLES + 1);
    const indexed = images?.shape.length === 1 && images.shape[0] === count;
    const floats = input!.dtype === 'float32' && regions!.dtype === 'float32';
    const typed = floats && (images?.dtype === 'int32' || images?.dtype === 'int64');
    if (
      input!.shape.length !== 4 ||
      regions!.shape.length !== 2 ||
      regions!.shape[1] !== 4 ||
      !counts ||
      !indexed ||
      !typed
    ) {
      throw new QuadlaneError(
        'SHAPE',
        `roiAlign takes float32 [images, rows, columns, channels], float32 regions [count, 4], an integer image number for each, and up to ${MOST_SAMPLES} samples; got ${[input, regions, images].map((type) => `${type?.dtype} ${formatShape(type?.shape ?? [])}`).join(', ')}`,
      );
    }
    const shape = [count, rows, columns, input!.shape[3]];
    if (sizeOf(shape) > 0 && input!.shape.includes(0)) {
      throw new QuadlaneError('SHAPE', `${formatShape(input!.shape)} has no pixels to sample`);
    }
    return [{ dtype: 'float32', shape }];
  },

  lower(lowering, { rows, columns, samples = 0, scale = 1, halfPixel, max }) {
    const [input, regions] = [lowering.input(0), lowering.dense(1)];
    const [from, output] = [spatial(input), lowering.denseOutput()];
    if (sizeOf(output.shape) === 0) return;
    const scratchStride = roiAlignScratch(from.channels);
    lowering.step('f32_roi_align', {
      ...mapArguments('input', input),
      ...lowering.indices(2, input.shape, [0]),
      regions: regions.pointer,
      output: output.pointer,
      imageCount: from.images,
      regionCount: regions.shape[0],
      outputRows: rows,
      outputColumns: columns,
      channels: from.channels,
      rows: from.rows,
      columns: from.columns,
      samples,
      scale,
      shift: halfPixel ? 0.5 : 0,
      isMax: max ? 1 : 0,
      scratch: lowering.scratch(scratchStride),
      scratchStride,
    });
  },
};
