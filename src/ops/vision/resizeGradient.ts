// Gradient of resizing: the same sums as forwards, by tables that list for each input element the results it went into.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape } from '../../shape.js';
import type { Operator } from '../operator.js';
import { tapsOf } from './resample.js';
import { interpolate, isIdentity, type ResizeAttributes, type ResizedBy, resize, resizedAxes } from './resize.js';

export interface ResizeGradientAttributes extends ResizeAttributes {
  /** Shape of the tensor that was resized. */
  readonly shape: readonly number[];
}

/** The gradient of a resized tensor, by the attributes that resized it, gives the gradient of the tensor. */
export const resizeGradient: Operator<ResizeGradientAttributes> = {
  name: 'resizeGradient',
  float32: true,

  infer([gradient], attributes) {
    const { shape } = attributes;
    const [resized] = resize.infer([{ dtype: 'float32', shape }], attributes);
    if (!sameShape(resized.shape, gradient!.shape)) {
      throw new QuadlaneError(
        'SHAPE',
        `${formatShape(shape)} is resized to ${formatShape(resized.shape)}, not to ${formatShape(gradient!.shape)}`,
      );
    }
    return [{ dtype: 'float32', shape }];
  },

  lower(lowering, attributes) {
    const output = lowering.output();
    if (output.shape.includes(0)) return;
    const changed = resizedAxes(attributes.shape, attributes)
      .sort((a, b) => a.axis - b.axis)
      .map((axis) => ({ ...axis, ...tapsOf(axis, attributes) }))
      .filter((axis) => !isIdentity(axis) || ignored(axis, attributes).size > 0)
      .map((axis) => transposed(axis, ignored(axis, attributes)));
    if (changed.length > 0) interpolate(lowering, changed);
    else lowering.copy(output.shape, lowering.input(0), output);
  },
};

/** Results that don't depend on the input. */
function ignored({ outside }: ResizedBy, { coordinates }: ResizeAttributes): Set<number> {
  return new Set(coordinates === 'tf_crop_and_resize' ? outside : []);
}

/** The axis resized back: for every input element the results that have it as a tap, at least two with weight 0 filled up. */
function transposed(axis: ResizedBy, without: ReadonlySet<number>): ResizedBy {
  const users = Array.from({ length: axis.extent }, () => new Map<number, number>());
  axis.indices.forEach((index, at) => {
    const result = Math.floor(at / axis.taps);
    if (!without.has(result)) users[index].set(result, (users[index].get(result) ?? 0) + axis.weights[at]);
  });
  const taps = Math.max(2, ...users.map((results) => results.size));
  const filled = users.map((results) => [...results, ...new Array<[number, number]>(taps - results.size).fill([0, 0])]);
  return {
    ...axis,
    extent: axis.size,
    size: axis.extent,
    taps,
    indices: Int32Array.from(filled.flatMap((list) => list.map(([result]) => result))),
    weights: Float64Array.from(filled.flatMap((list) => list.map(([, weight]) => weight))),
  };
}
