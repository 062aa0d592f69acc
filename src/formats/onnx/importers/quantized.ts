// ONNX operators of 8-bit integers. Scales and zeros become tensors that broadcast; the scales of a product become one
// multiplier, computed once where they are constant.

import type { Attributes } from '../../../ops/operator.js';
import type { DType } from '../../../tensor.js';
import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';
import { dtypeOf, elementTypeName } from '../elementTypes.js';
import { dynamicAffine, positiveScale } from '../scales.js';
import { convAttributes } from '../windows.js';

/** Input `index`, [C], as [C, 1, ...] where it belongs to `axis`; of one element or of the tensor's rank it stays. */
function alongAxis(context: NodeContext, index: number, axis: number): string {
  const name = context.input(index);
  const shape = context.shapeOf(name);
  if (context.knownRankOf(name) !== 1 || shape?.[0] === 1) return name;
  const rank = context.knownRankOf(context.input(0));
  const behind = rank - 1 - (axis < 0 ? axis + rank : axis);
  if (behind < 0 || behind >= rank) throw context.damaged(`has axis ${axis} over ${rank} axes`);
  return behind === 0 ? name : context.step('reshape', [name], { shape: [-1, ...new Array<number>(behind).fill(1)] });
}

const affine =
  (op: 'quantize' | 'dequantize'): Importer =>
  (context) => {
    const axis = context.integer('axis', 1);
    const blockSize = context.integer('block_size', 0);
    positiveScale(context, 1, op === 'dequantize');
    const inputs = [context.input(0), alongAxis(context, 1, axis)];
    if (context.has(2)) inputs.push(alongAxis(context, 2, axis));
    const attributes: Attributes = { ...(blockSize > 0 && { axis, blockSize }) };
    const wanted = context.integer('output_dtype', 0);
    if (op === 'dequantize' || wanted === 0) {
      context.emit(op, inputs, attributes);
      return;
    }
    const dtype: DType | undefined = dtypeOf(wanted);
    if (dtype !== 'uint8' && dtype !== 'int8') throw context.unsupported(`it quantizes to ${elementTypeName(wanted)}`);
    context.emit(op, inputs, { ...attributes, dtype });
  };

const dynamicQuantizeLinear: Importer = (context) => {
  const x = context.input(0);
  const named = (index: number, wish: string) =>
    context.wants(index) ? context.outputs[index] : context.freshOutput(0, wish);
  const affine = dynamicAffine(context, x, [named(1, 'scale'), named(2, 'zero')]);
  context.emit('quantize', [x, ...affine], {}, [context.outputs[0]]);
};

const convInteger: Importer = (context) => {
  const { rank, attributes } = convAttributes(context, 0, 1);
  const x = toChannelsLast(context, context.input(0), rank);
  emitChannelsLast(
    context,
    'convInteger',
    [x, context.input(1), context.optionalInput(2), context.optionalInput(3)],
    rank,
    attributes,
  );
};

/** What 32-bit sums are multiplied with: the scales of both factors by the scale of the result. */
function multiplier(context: NodeContext, left: number, right: number, result: number): string {
  for (const index of [left, result]) {
    const shape = context.shapeOf(context.input(index));
    if (shape?.some((extent) => extent !== undefined && extent !== 1)) {
      throw context.unsupported(`its input ${index} has a scale for every row: quantize it per tensor`);
    }
  }
  const [a, b, unit] = [left, right, result].map((index) => positiveScale(context, index, index === right));
  return context.step('binary', [context.step('binary', [a, b], { operation: 'mul' }), unit], { operation: 'div' });
}

const qLinearConv: Importer = (context) => {
  const { rank, attributes } = convAttributes(context, 0, 3);
  const x = toChannelsLast(context, context.input(0), rank);
  const inputs = [x, context.input(3), context.input(2), context.input(5), context.optionalInput(8)];
  inputs.push(multiplier(context, 1, 4, 6), context.input(7));
  emitChannelsLast(context, 'convInteger', inputs, rank, attributes);
};

export const quantized: Record<string, Importer> = {
  ConvInteger: convInteger,
  DequantizeLinear: affine('dequantize'),
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  MatMulInteger: (context) =>
    context.emit('matmulInteger', [
      context.input(0),
      context.input(1),
      context.optionalInput(2),
      context.optionalInput(3),
    ]),
  QLinearConv: qLinearConv,
  QLinearMatMul: (context) => {
    const inputs = [context.input(0), context.input(3), context.input(2), context.input(5), ''];
    context.emit('matmulInteger', [...inputs, multiplier(context, 1, 4, 6), context.input(7)]);
  },
  QuantizeLinear: affine('quantize'),
};
