// Crops or pads axes, the same on both sides, to given extents.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface CenterCropPadAttributes extends Attributes {
  /** All when absent. */
  readonly axes?: readonly number[];
  /** New extents of the axes. */
  readonly extents?: readonly number[];
}

export const centerCropPad: Operator<CenterCropPadAttributes> = {
  name: 'centerCropPad',
  needs: 2,
  takesBits: (index) => index === 0,
  partialShapes: sameRank,
  shapeInputs: [1],

  bake: (attributes, [, extents]) => ({ ...attributes, extents: numbersOf(extents!) }),

  infer([input], { axes, extents = [] }) {
    const { dtype, shape } = input!;
    const chosen = (axes ?? shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, shape.length));
    const counts = extents.every((extent) => Number.isInteger(extent) && extent >= 0);
    if (chosen.length !== extents.length || new Set(chosen).size !== chosen.length || !counts) {
      throw new QuadlaneError(
        'SHAPE',
        `axes ${formatShape(chosen)} of ${formatShape(shape)} take as many extents, not ${formatShape(extents)}`,
      );
    }
    return [{ dtype, shape: shape.map((extent, axis) => extents[chosen.indexOf(axis)] ?? extent) }];
  },

  compose(build, [input], attributes) {
    const type = build.type(input);
    const [{ shape }] = centerCropPad.infer([type], attributes);
    // What doesn't halve goes, or comes, behind.
    const before = shape.map((extent, axis) => {
      const difference = extent - type.shape[axis];
      return Math.sign(difference) * Math.floor(Math.abs(difference) / 2);
    });
    const after = shape.map((extent, axis) => extent - type.shape[axis] - before[axis]);
    return [build.apply('pad', [input], { mode: 'constant', padding: [...before, ...after], value: 0 })];
  },
};
