// Indices on their way to byte offsets: what gathering and scattering have in common.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sizeOf, stridesOf } from '../../shape.js';
import { bytesPerElement, type TensorType } from '../../tensor.js';
import { Binary, ElementType } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { zeros } from '../lowering/gradientShapes.js';
import type { GradientRule, Lowering } from '../operator.js';
import type { Pointer } from '../pointer.js';

/** Byte offsets of blocks in a dense tensor, one 32-bit integer each. */
export interface Offsets {
  readonly offsets: Pointer;
  readonly count: number;
}

/** Throws for indices of another type than int32 and int64. */
export function checkIndexType({ dtype }: TensorType): void {
  if (dtype !== 'int32' && dtype !== 'int64') {
    throw new QuadlaneError('SHAPE', `indices are int32 or int64, not ${dtype}`);
  }
}

/** Throws unless `indices` can name elements of `data` along `axis`. */
export function checkElements(data: TensorType, indices: TensorType, axis: number): void {
  checkIndexType(indices);
  const at = normalizeAxis(axis, data.shape.length);
  const fits = indices.shape.every((extent, i) =>
    i === at ? data.shape[at] > 0 || extent === 0 : extent <= data.shape[i],
  );
  if (indices.shape.length !== data.shape.length || !fits) {
    throw new QuadlaneError(
      'SHAPE',
      `indices ${formatShape(indices.shape)} of elements along axis ${axis} are of the rank of ${formatShape(data.shape)} and no larger on the other axes`,
    );
  }
}

/** Offsets of the elements of input 0 that input 1 names along `axis`. */
export function elementOffsets(lowering: Lowering, axis: number): Offsets {
  const [{ shape, dtype }, indices] = [lowering.type(0), lowering.type(1)];
  const at = normalizeAxis(axis, shape.length);
  const strides = stridesOf(shape, bytesPerElement(dtype));
  const count = sizeOf(indices.shape);
  const offsets = lowering.temporary(count * 4);
  lowering.step('element_offsets', {
    ...lowering.indices(1, shape, [at]),
    offsets,
    count,
    rank: shape.length,
    extents: lowering.table(indices.shape),
    strides: lowering.table(strides.with(at, 0)),
    axisExtent: shape[at],
    axisStride: strides[at],
  });
  return { offsets, count };
}

/** The axes of `data` that the tuples in the last axis of `indices` name, behind `batchDims` that both have. */
export function tupleAxes(data: TensorType, indices: TensorType, batchDims: number) {
  checkIndexType(indices);
  const length = indices.shape.at(-1) ?? 0;
  const named = data.shape.slice(batchDims, batchDims + length);
  const batches = data.shape.slice(0, batchDims);
  const tuples = indices.shape.slice(0, -1);
  const fits = named.length === length && batches.every((extent, axis) => tuples[axis] === extent);
  if (indices.shape.length === 0 || !fits || (named.includes(0) && sizeOf(tuples) > 0)) {
    throw new QuadlaneError(
      'SHAPE',
      `indices ${formatShape(indices.shape)} don't name blocks of ${formatShape(data.shape)} behind ${batchDims} batch axes`,
    );
  }
  return { named, tuples, batches, block: data.shape.slice(batchDims + length) };
}

/** Offsets of the blocks of input 0 that the tuples of input 1 name. */
export function tupleOffsets(lowering: Lowering, batchDims: number): Offsets {
  const [data, indices] = [lowering.type(0), lowering.type(1)];
  const { named, tuples, batches } = tupleAxes(data, indices, batchDims);
  const strides = stridesOf(data.shape, bytesPerElement(data.dtype)).slice(batchDims, batchDims + named.length);
  const batchStride = stridesOf(data.shape, bytesPerElement(data.dtype))[batchDims - 1] ?? 0;
  const count = sizeOf(tuples);
  const offsets = lowering.temporary(count * 4);
  lowering.step('tuple_offsets', {
    ...lowering.indices(
      1,
      data.shape,
      named.map((_, axis) => batchDims + axis),
    ),
    offsets,
    count,
    length: named.length,
    extents: lowering.table(named),
    strides: lowering.table(strides),
    batchTuples: count / sizeOf(batches) || 1,
    batchStride,
  });
  return { offsets, count };
}

/** Emits the copies of blocks of input 0 to the output. */
export function gatherAt(lowering: Lowering, { offsets, count }: Offsets, blockElements: number): void {
  const input = lowering.dense(0);
  const blockBytes = blockElements * bytesPerElement(input.dtype);
  lowering.step('gather_at', {
    input: input.pointer,
    offsets,
    output: lowering.denseOutput().pointer,
    count,
    blockBytes,
  });
}

const joins: Record<string, number> = { none: -1, add: Binary.add, mul: Binary.mul, max: Binary.max, min: Binary.min };

/** Data and updates of a scatter are moved where nothing is joined. */
export function scattersBits(index: number, { reduction = 'none' }: { readonly reduction?: string }): boolean {
  return index !== 1 && reduction === 'none';
}

/** Throws for an unknown reduction. */
export function checkReduction(reduction = 'none'): void {
  entryOf(joins, reduction, 'reduction');
}

/** Emits the copy of input 0 to the output, then brings the blocks of input 2 to their places. */
export function scatterAt(lowering: Lowering, locate: () => Offsets, blockElements: number, reduction = 'none'): void {
  const output = lowering.denseOutput();
  const updates = lowering.dense(2);
  lowering.copy(output.shape, lowering.input(0), output);
  if (sizeOf(updates.shape) === 0) return;
  const { offsets, count } = locate();
  lowering.step('scatter_at', {
    output: output.pointer,
    offsets,
    updates: updates.pointer,
    count,
    blockElements,
    type: ElementType[output.dtype],
    operation: joins[reduction],
  });
}

/**
 * The gradient rule of an operator that scatters updates into data: data keeps its gradient where nothing was put, or
 * everywhere where updates are added; updates take theirs from where they were put.
 */
export const scatterGradient =
  (scatter: string, gather: string): GradientRule =>
  (build) => {
    const { axis = 0, reduction = 'none' } = build.attributes;
    if (reduction !== 'none' && reduction !== 'add')
      throw new QuadlaneError(
        'UNSUPPORTED',
        `${scatter} has gradients for the reductions none and add, not ${reduction}`,
      );
    const [, indices, updates] = build.inputs;
    const gy = build.gradient();
    const where = scatter === 'scatterElements' ? { axis } : {};
    const left = () => build.apply(scatter, [gy, indices, zeros(build, build.type(updates).shape)], where);
    return [
      build.wants(0) ? (reduction === 'add' ? gy : left()) : undefined,
      undefined,
      build.wants(2) ? build.apply(gather, [gy, indices], where) : undefined,
    ];
  };
