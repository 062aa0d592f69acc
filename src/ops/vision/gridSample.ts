// Samples channels-last maps at the points of a grid.

import { QuadlaneError } from '../../errors.js';
import { gridSampleScratch } from '../../layouts.generated.js';
import { formatShape, sizeOf } from '../../shape.js';
import { Interpolation, Outside } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { sameRank } from '../lowering/partialShapes.js';
import { mapArguments, spatial } from '../lowering/views.js';
import type { Attributes, Operator } from '../operator.js';

export interface GridSampleAttributes extends Attributes {
  /** An entry of `Interpolation`. Default: linear. */
  readonly mode?: string;
  /** What is outside the map: an entry of `Outside`. Default: zeros. */
  readonly outside?: string;
  /** -1 and 1 are the centres of the outermost pixels, not their outer edges. */
  readonly alignCorners?: boolean;
}

/** Inputs: x [N, ...spatial, C] and a grid [N, ...points, axes] of x, y, z from -1 to 1. Output: [N, ...points, C]. */
export const gridSample: Operator<GridSampleAttributes> = {
  name: 'gridSample',
  needs: 2,
  gradient: 'is sampled at places that are computed, and no kernel takes that back',
  partialShapes: sameRank,
  float32: true,

  infer([input, grid], { mode = 'linear', outside = 'zeros' }) {
    const [from, points] = [input!.shape, grid!.shape];
    const axes = from.length - 2;
    entryOf(Interpolation, mode, 'interpolation');
    entryOf(Outside, outside, 'padding mode');
    const fits =
      axes >= 1 && axes <= 3 && points.length === from.length && points[0] === from[0] && points.at(-1) === axes;
    if (!fits || grid!.dtype !== 'float32') {
      throw new QuadlaneError(
        'SHAPE',
        `gridSample takes [images, 1 to 3 spatial axes, channels] and a float32 grid [images, points, axes], not ${formatShape(from)} and ${formatShape(points)}`,
      );
    }
    const shape = points.with(-1, from.at(-1)!);
    if (sizeOf(shape) > 0 && from.includes(0))
      throw new QuadlaneError('SHAPE', `${formatShape(from)} has no pixels to sample`);
    return [{ dtype: 'float32', shape }];
  },

  lower(lowering, { mode = 'linear', outside = 'zeros', alignCorners }) {
    const [input, grid, output] = [lowering.input(0), lowering.dense(1), lowering.denseOutput()];
    const from = spatial(input);
    const points = sizeOf(grid.shape.slice(1, -1));
    if (sizeOf(output.shape) === 0) return;
    lowering.step('f32_grid_sample', {
      ...mapArguments('input', input),
      grid: grid.pointer,
      output: output.pointer,
      images: from.images,
      points,
      axes: grid.shape.at(-1)!,
      channels: from.channels,
      planes: from.planes,
      rows: from.rows,
      columns: from.columns,
      interpolation: Interpolation[mode as keyof typeof Interpolation],
      outside: Outside[outside as keyof typeof Outside],
      alignCorners: alignCorners ? 1 : 0,
      scratch: lowering.scratch(gridSampleScratch()),
    });
  },
};
