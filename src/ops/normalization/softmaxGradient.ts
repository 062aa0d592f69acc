// Gradients of softmax and log-softmax, by what they gave and the gradient of that.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sameShape, sizeOf } from '../../shape.js';
import type { Attributes, Operator } from '../operator.js';

export interface SoftmaxGradientAttributes extends Attributes {
  readonly axis: number;
}

function gradientOf(name: string, isLog: boolean): Operator<SoftmaxGradientAttributes> {
  return {
    name,
    needs: 2,
    float32: true,

    infer([value, gradient], { axis }) {
      normalizeAxis(axis, value!.shape.length);
      if (!sameShape(value!.shape, gradient!.shape)) {
        throw new QuadlaneError(
          'SHAPE',
          `${name} takes two tensors of the same shape, not ${formatShape(value!.shape)} and ${formatShape(gradient!.shape)}`,
        );
      }
      return [{ dtype: 'float32', shape: value!.shape }];
    },

    permute: ({ axis }, permutation) => ({ axis: permutation.indexOf(normalizeAxis(axis, permutation.length)) }),

    lower(lowering, attributes) {
      const { shape, pointer } = lowering.dense(0);
      const axis = normalizeAxis(attributes.axis, shape.length);
      lowering.step('f32_softmax_gradient', {
        value: pointer,
        gradient: lowering.dense(1).pointer,
        output: lowering.denseOutput().pointer,
        outer: sizeOf(shape.slice(0, axis)),
        axis: shape[axis],
        inner: sizeOf(shape.slice(axis + 1)),
        isLog: isLog ? 1 : 0,
      });
    },
  };
}

export const softmaxGradient = /* @__PURE__ */ gradientOf('softmaxGradient', false);
export const logSoftmaxGradient = /* @__PURE__ */ gradientOf('logSoftmaxGradient', true);
