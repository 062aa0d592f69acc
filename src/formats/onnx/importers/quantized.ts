// ONNX operators of 8-bit integers. Scales and zeros become tensors that broadcast; the scales of a product become one
// multiplier, computed once where they are constant.

import type { Attributes } from '../../../ops/operator.js';
import type { DType } from '../../../tensor.js';
import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';
import { dtypeOf, elementTypeName } from '../elementTypes.js';
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

/**
 * Scale and zero from the extremes of the data and 0; data that is 0 throughout has scale 1. A NaN is the least and the
 * greatest of its tensor: the scale is NaN, so that what the result stands for is NaN, and every integer is 0.
 */
const dynamicQuantizeLinear: Importer = (context) => {
  const x = context.input(0);
  const binary = (operation: string, a: string, b: string) => context.step('binary', [a, b], { operation });
  const extreme = (reduction: string) =>
    binary(reduction, context.step('reduce', [x], { reduction, keepDims: false }), context.scalar(0));
  const [low, high] = [extreme('min'), extreme('max')];
  const range = binary('sub', high, low);
  const flat = context.step('compare', [range, context.scalar(0)], { operation: 'equal' });
  const scaled = binary('div', range, context.scalar(255));
  const named = (index: number, wish: string) =>
    context.wants(index) ? context.outputs[index] : context.freshOutput(0, wish);
  const [scale, zero] = [named(1, 'scale'), named(2, 'zero')];
  context.stepInto(scale, 'where', [flat, context.scalar(1), scaled]);
  context.stepInto(zero, 'quantize', [binary('sub', context.scalar(0), low), scale]);
  context.emit('quantize', [x, scale, zero], {}, [context.outputs[0]]);
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
  const product = context.step('binary', [context.input(left), context.input(right)], { operation: 'mul' });
  return context.step('binary', [product, context.input(result)], { operation: 'div' });
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
