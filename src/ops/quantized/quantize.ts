// Between floats and 8-bit integers: value = (integer - zero) * scale. Scale and zero broadcast to the tensor, or hold for
// blocks along one axis.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, formatShape, normalizeAxis, sameShape, sizeOf } from '../../shape.js';
import type { DType, TensorType } from '../../tensor.js';
import { ElementType } from '../kernels.generated.js';
import { sameRank } from '../lowering/partialShapes.js';
import { broadcastStrides, collapse } from '../lowering/strided.js';
import { cut, narrow, repeat } from '../lowering/subviews.js';
import type { Attributes, Lowering, Operator, View } from '../operator.js';

export interface DequantizeAttributes extends Attributes {
  /** Scale and zero have an entry for every `blockSize` elements of `axis`, and are otherwise of the tensor's shape. */
  readonly blockSize?: number;
  readonly axis?: number;
}

export interface QuantizeAttributes extends DequantizeAttributes {
  /** Type of the result where there is no zero. Default: 'uint8'. */
  readonly dtype?: DType;
}

function checkScale(
  x: TensorType,
  scale: TensorType,
  zero: TensorType | undefined,
  attributes: DequantizeAttributes,
): void {
  const { blockSize, axis = 0 } = attributes;
  let wanted = x.shape;
  if (blockSize) {
    const at = normalizeAxis(axis, x.shape.length);
    wanted = x.shape.with(at, Math.ceil(x.shape[at] / blockSize));
  } else {
    wanted = sizeOf(scale.shape) === 1 ? scale.shape : broadcastShapes(x.shape, scale.shape);
  }
  const fits = blockSize || sizeOf(scale.shape) === 1 ? sameShape(scale.shape, wanted) : sameShape(x.shape, wanted);
  if (!fits || scale.dtype !== 'float32' || (zero && !sameShape(zero.shape, scale.shape))) {
    throw new QuadlaneError(
      'SHAPE',
      `scale ${formatShape(scale.shape)} and zero ${formatShape(zero?.shape ?? scale.shape)} don't go with ${formatShape(x.shape)}${blockSize ? ` in blocks of ${blockSize} along axis ${axis}` : ''}`,
    );
  }
}

function permute<A extends DequantizeAttributes>(attributes: A, permutation: readonly number[]): A {
  if (!attributes.blockSize) return attributes;
  return { ...attributes, axis: permutation.indexOf(normalizeAxis(attributes.axis ?? 0, permutation.length)) };
}

/** Inputs: x (float32), scale, zero (optional; its type is the result's). */
export const quantize: Operator<QuantizeAttributes> = {
  name: 'quantize',
  outputType: ({ dtype = 'uint8' }, [, , zero]) => zero ?? dtype,
  needs: 2,
  gradient: 'is rounded',
  partialShapes: sameRank,

  infer([x, scale, zero], attributes) {
    checkScale(x!, scale!, zero, attributes);
    const dtype = zero?.dtype ?? attributes.dtype ?? 'uint8';
    if (x!.dtype !== 'float32' || (dtype !== 'uint8' && dtype !== 'int8')) {
      throw new QuadlaneError('SHAPE', `quantize makes uint8 or int8 of float32, not ${dtype} of ${x!.dtype}`);
    }
    return [{ dtype, shape: x!.shape }];
  },

  permute,
  lower: (lowering, attributes) => lower(lowering, attributes, 'quantize'),
};

/** Inputs: x (uint8, int8 or int32), scale, zero (optional). */
export const dequantize: Operator<DequantizeAttributes> = {
  name: 'dequantize',
  outputType: () => 'float32',
  needs: 2,
  gradient: 'comes from integers',
  partialShapes: sameRank,

  infer([x, scale, zero], attributes) {
    checkScale(x!, scale!, zero, attributes);
    if (!['uint8', 'int8', 'int32'].includes(x!.dtype) || (zero && zero.dtype !== x!.dtype)) {
      throw new QuadlaneError(
        'SHAPE',
        `dequantize takes uint8, int8 or int32 and a zero of the same type, not ${x!.dtype} and ${zero?.dtype ?? 'none'}`,
      );
    }
    return [{ dtype: 'float32', shape: x!.shape }];
  },

  permute,
  lower: (lowering, attributes) => lower(lowering, attributes, 'dequantize'),
};

function lower(
  lowering: Lowering,
  { blockSize, axis = 0 }: DequantizeAttributes,
  kernel: 'quantize' | 'dequantize',
): void {
  const [input, scale, output] = [lowering.input(0), lowering.input(1), lowering.output()];
  const zero = lowering.has(2) ? lowering.input(2) : undefined;
  if (sizeOf(output.shape) === 0) return;
  const { dtype } = kernel === 'quantize' ? output : input;
  const emit = (from: View, to: View, factor: View, origin: View | undefined) =>
    affineStep(lowering, kernel, dtype, [from, factor, origin ?? factor, to], origin);
  if (!blockSize) {
    emit(input, output, scale, zero);
    return;
  }
  const at = normalizeAxis(axis, output.shape.length);
  const extent = output.shape[at];
  const whole = Math.floor(extent / blockSize);
  const rest = extent - whole * blockSize;
  if (whole > 0) {
    const blocks = (view: View) => cut(narrow(view, at, 0, whole * blockSize), at, whole);
    const spread = (view: View) => repeat(narrow(view, at, 0, whole), at + 1, blockSize);
    emit(blocks(input), blocks(output), spread(scale), zero && spread(zero));
  }
  if (rest > 0) {
    const last = (view: View) => narrow(view, at, whole * blockSize, rest);
    const own = (view: View) => narrow(view, at, whole, 1);
    emit(last(input), last(output), own(scale), zero && own(zero));
  }
}

/** Emits the kernel that takes `input` to `output`, in float32 one of them and integers the other one. */
export function affineStep(
  lowering: Lowering,
  kernel: 'quantize' | 'dequantize',
  dtype: DType,
  [input, scale, zero, output]: readonly View[],
  given: View | undefined,
): void {
  const stretched = (view: View) =>
    sizeOf(view.shape) === 1 ? output.shape.map(() => 0) : broadcastStrides(view, output.shape);
  const { extents, strides } = collapse(output.shape, [
    input.strides,
    stretched(scale),
    stretched(zero),
    output.strides,
  ]);
  lowering.step(kernel, {
    rank: extents.length,
    extents: lowering.table(extents),
    input: input.pointer,
    inputStrides: lowering.table(strides[0]),
    scale: scale.pointer,
    scaleStrides: lowering.table(strides[1]),
    zero: given?.pointer ?? 0,
    zeroStrides: lowering.table(strides[2]),
    output: output.pointer,
    outputStrides: lowering.table(strides[3]),
    type: ElementType[dtype],
  });
}
