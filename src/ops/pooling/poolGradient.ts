// Gradients of max and average pooling, by the gradient of the pool's result.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape, type Windows } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { mapArguments, spatialAxes } from '../lowering/views.js';
import type { Operator } from '../operator.js';
import { type AveragePoolAttributes, type PoolAttributes, poolArguments, pooledShape, poolWindows } from './pool.js';

export interface AveragePoolGradientAttributes extends AveragePoolAttributes {
  /** Spatial extents of the pool's input. */
  readonly extents: readonly number[];
}

function requirePooled(input: TensorType, attributes: PoolAttributes, given: readonly TensorType[]): void {
  const shape = pooledShape(input, attributes);
  const other = given.find((type) => !sameShape(type.shape, shape));
  if (!other) return;
  throw new QuadlaneError(
    'SHAPE',
    `this pool of ${formatShape(input.shape)} has a result of ${formatShape(shape)}, not ${formatShape(other.shape)}`,
  );
}

/** The input [N, ...spatial, C] of a max pool, its result and the result's gradient give the input's: ties go to the first. */
export const maxPoolGradient: Operator<PoolAttributes> = {
  name: 'maxPoolGradient',
  needs: 3,
  float32: true,

  infer([input, output, gradient], attributes) {
    requirePooled(input!, attributes, [output!, gradient!]);
    return [{ dtype: 'float32', shape: input!.shape }];
  },

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.input(1)];
    lowering.step('f32_max_pool_gradient', {
      ...poolArguments(input, output, poolWindows(input, attributes)),
      ...mapArguments('gradient', lowering.input(2)),
      ...mapArguments('target', lowering.output()),
    });
  },
};

/** The gradient [N, ...windows, C] of an average pool's result gives its input's, [N, ...extents, C]. */
export const averagePoolGradient: Operator<AveragePoolGradientAttributes> = {
  name: 'averagePoolGradient',
  float32: true,

  infer([gradient], attributes) {
    const { shape } = gradient!;
    const input: TensorType = { dtype: 'float32', shape: [shape[0], ...attributes.extents, shape.at(-1)!] };
    requirePooled(input, attributes, [gradient!]);
    return [input];
  },

  lower(lowering, attributes) {
    const [gradient, target] = [lowering.input(0), lowering.output()];
    const windows: Windows = poolWindows(target, attributes);
    const behind = windows.padding.slice(windows.kernelShape.length);
    const [paddingBehindPlanes, paddingBehindRows, paddingBehindColumns] = spatialAxes(behind, 0);
    lowering.step('f32_average_pool_gradient', {
      ...poolArguments(target, gradient, windows),
      ...mapArguments('gradient', gradient),
      ...mapArguments('target', target),
      input: 0,
      output: 0,
      countsPadding: attributes.includePadding ? 1 : 0,
      paddingBehindPlanes,
      paddingBehindRows,
      paddingBehindColumns,
    });
  },
};
