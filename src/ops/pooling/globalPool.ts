// Pools over all spatial axes at once: [N, ...spatial, C] becomes [N, 1, ..., C].

import { QuadlaneError } from '../../errors.js';
import { product } from '../../shape.js';
import { expanded } from '../lowering/gradientShapes.js';
import { sameRank } from '../lowering/partialShapes.js';
import { spatial } from '../lowering/views.js';
import type { GradientRule, Operator } from '../operator.js';

const averageGradient: GradientRule = (build) => {
  const { shape } = build.type(build.inputs[0]);
  const pixels = product(shape.slice(1, -1));
  return [expanded(build, build.binary('mul', build.gradient(), build.scalar(1 / pixels)), shape)];
};

/** One window as large as the input. */
const maxGradient: GradientRule = ({ type, apply, inputs: [input], output, gradient }) => [
  apply('maxPoolGradient', [input, output(), gradient()], { kernelShape: type(input).shape.slice(1, -1) }),
];

function globalPool(
  name: string,
  kernel: 'f32_global_average_pool' | 'f32_global_max_pool',
  gradient: GradientRule,
): Operator {
  return {
    name,
    gradient,
    partialShapes: sameRank,
    float32: true,

    infer([input]) {
      const rank = input!.shape.length;
      if (rank < 3)
        throw new QuadlaneError('SHAPE', `${name} takes [images, spatial axes, channels], not rank ${rank}`);
      const shape = input!.shape.map((extent, axis) => (axis === 0 || axis === rank - 1 ? extent : 1));
      return [{ dtype: 'float32', shape }];
    },

    lower(lowering) {
      const [input, output] = [lowering.input(0), lowering.output()];
      const { images, planes, rows, columns, channels, image, plane, row, column } = spatial(input);
      lowering.step(kernel, {
        input: input.pointer,
        output: output.pointer,
        images,
        channels,
        planes,
        rows,
        columns,
        planeStride: plane,
        rowStride: row,
        columnStride: column,
        inputImageStride: image,
        outputImageStride: spatial(output).image,
      });
    },
  };
}

export const globalAveragePool = /* @__PURE__ */ globalPool(
  'globalAveragePool',
  'f32_global_average_pool',
  averageGradient,
);
export const globalMaxPool = /* @__PURE__ */ globalPool('globalMaxPool', 'f32_global_max_pool', maxGradient);
