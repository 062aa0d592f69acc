// Strided iteration: which axes of some views can be walked as one, and the copies that follow from it.

import { bytesPerElement, type DType, elementOf, type TensorType } from '../../tensor.js';
import { ElementType } from '../kernels.generated.js';
import type { Lowering, View } from '../operator.js';
import { bytesOf, denseView } from './views.js';

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
    const merges = walked.length > 0 && strides.every((operand, i) => operand[axis] === steps[i][0] * walked[0]);
    if (merges) {
      walked[0] *= extents[axis];
    } else {
      walked.unshift(extents[axis]);
      for (const [i, operand] of strides.entries()) steps[i].unshift(operand[axis]);
    }
  }
  return { extents: walked, strides: steps };
}

/** The elements of `view`, in their order, as a tensor of `type`; undefined where gaps between them are in the way. */
export function reshapedView(view: View, type: TensorType): View | undefined {
  const { extents, strides } = collapse(view.shape, [view.strides]);
  const runs = extents.map((extent, axis) => [extent, strides[0][axis]]);
  let [left, step] = runs.pop() ?? [1, 0];
  const result = denseView(view.pointer, type);
  const own = [...result.strides];
  for (let axis = own.length - 1; axis >= 0; axis--) {
    const extent = type.shape[axis];
    if (extent === 1) continue;
    if (left % extent !== 0) return undefined;
    own[axis] = step;
    step *= extent;
    left /= extent;
    if (left === 1) [left, step] = runs.pop() ?? [1, 0];
  }
  return { ...result, strides: own };
}

/** Byte strides with which `view` is walked over the axes of `shape` that it broadcasts to. */
export function broadcastStrides(view: View, shape: readonly number[]): number[] {
  const lead = shape.length - view.shape.length;
  return shape.map((_, axis) => (axis < lead || view.shape[axis - lead] === 1 ? 0 : view.strides[axis - lead]));
}

/** Bytes of one element, for the names of kernels that move elements. */
export function widthOf(dtype: DType): 1 | 2 | 4 | 8 {
  return bytesPerElement(dtype) as 1 | 2 | 4 | 8;
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
  step(`copy_${widthOf(from.dtype)}`, {
    input: from.pointer,
    output: to.pointer,
    rank: walk.extents.length,
    extents: table(walk.extents),
    inputStrides: table(walk.strides[0]),
    outputStrides: table(walk.strides[1]),
  });
}

/** Emits the step that converts the elements of `from` to the type of `to`, of the same shape. */
export function castInto(lowering: Pick<Lowering, 'step' | 'table'>, from: View, to: View): void {
  const { extents, strides } = collapse(to.shape, [from.strides, to.strides]);
  lowering.step('cast', {
    rank: extents.length,
    extents: lowering.table(extents),
    input: from.pointer,
    inputStrides: lowering.table(strides[0]),
    output: to.pointer,
    outputStrides: lowering.table(strides[1]),
    inputType: ElementType[from.dtype],
    outputType: ElementType[to.dtype],
  });
}

/** Memory without gaps for the shape of `view`, through the operator's steps. */
export function temporaryLike(lowering: Pick<Lowering, 'temporary'>, { shape }: View, dtype: DType): View {
  return denseView(lowering.temporary(bytesOf({ dtype, shape })), { dtype, shape });
}

/** `view` where it is of type `dtype`, else a converted copy. */
export function castTo(lowering: Pick<Lowering, 'step' | 'table' | 'temporary'>, view: View, dtype: DType): View {
  if (view.dtype === dtype) return view;
  const converted = temporaryLike(lowering, view, dtype);
  castInto(lowering, view, converted);
  return converted;
}

/** Emits the step that sets every element of `to`. */
export function fill(step: Lowering['step'], table: Lowering['table'], to: View, value: number): void {
  const walk = collapse(to.shape, [to.strides]);
  const [bits, highBits] = bitsOf(to.dtype, value);
  step(`fill_${widthOf(to.dtype)}`, {
    output: to.pointer,
    rank: walk.extents.length,
    extents: table(walk.extents),
    outputStrides: table(walk.strides[0]),
    bits,
    highBits,
  });
}

/** The bits of one element as two signed 32-bit words, the lower first. */
function bitsOf(dtype: DType, value: number): [number, number] {
  const words = new DataView(new ArrayBuffer(8));
  if (dtype === 'float32') words.setFloat32(0, value, true);
  else if (dtype === 'float64') words.setFloat64(0, value, true);
  else if (dtype === 'int64') words.setBigInt64(0, BigInt(value), true);
  else words.setInt32(0, elementOf(dtype, value) as number, true);
  return [words.getInt32(0, true), words.getInt32(4, true)];
}
