// Strided iteration: which axes of some views can be walked as one, and the copies that follow from it.

import { bytesPerElement } from '../tensor.js';
import type { Lowering, View } from './operator.js';

/** Extents to walk and, for each operand, the byte strides to walk them with. */
export interface Walk {
  readonly extents: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/**
 * The shortest walk over `extents` for operands with these byte strides: axes of one element are left out, and
 * neighbouring axes that all operands step through alike become one.
 */
export function collapse(extents: readonly number[], strides: readonly (readonly number[])[]): Walk {
  const walked: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    if (extents[axis] === 1) continue;
    const merges =
      walked.length > 0 && strides.every((operand, i) => operand[axis] === steps[i][0] * walked[0]);
    if (merges) {
      walked[0] *= extents[axis];
    } else {
      walked.unshift(extents[axis]);
      strides.forEach((operand, i) => steps[i].unshift(operand[axis]));
    }
  }
  return { extents: walked, strides: steps };
}

/** Byte strides with which `view` is walked over the axes of `shape` that it broadcasts to. */
export function broadcastStrides(view: View, shape: readonly number[]): number[] {
  const lead = shape.length - view.shape.length;
  return shape.map((_, axis) => (axis < lead || view.shape[axis - lead] === 1 ? 0 : view.strides[axis - lead]));
}

/** Emits the step that copies `extents` elements from one strided place to another. */
export function copy(
  step: Lowering['step'],
  table: Lowering['table'],
  extents: readonly number[],
  from: Pick<View, 'pointer' | 'strides' | 'dtype'>,
  to: Pick<View, 'pointer' | 'strides'>,
): void {
  const walk = collapse(extents, [from.strides, to.strides]);
  const kernel = ({ 1: 'copy_1', 4: 'copy_4', 8: 'copy_8' } as const)[bytesPerElement(from.dtype)];
  step(kernel!, {
    input: from.pointer,
    output: to.pointer,
    rank: walk.extents.length,
    extents: table(walk.extents),
    inputStrides: table(walk.strides[0]),
    outputStrides: table(walk.strides[1]),
  });
}
