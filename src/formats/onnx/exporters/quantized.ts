// Operators of 8-bit integers as ONNX nodes. The network has one multiplier where ONNX has the scales of both factors and
// of the result: it goes to the weights' scale, the others are 1.

import type { FakeQuantizeAttributes } from '../../../ops/quantized/fakeQuantize.js';
import { type DType, Tensor } from '../../../tensor.js';
import { elementCodes } from '../elementTypes.js';
import type { ExportContext, Exporter } from '../export-context.js';

/** Blocks, and the result's type as an attribute, come with this operator set. */
const BLOCKS = 21;

/** Scale and zero as lists along one axis, or as single numbers, and that axis. */
function alongAxis(context: ExportContext): { inputs: string[]; axis?: number } {
  const shape = context.shape(1);
  const long = shape && [...shape.keys()].filter((axis) => shape[axis] !== 1);
  if (!long || long.length > 1) throw context.unsupported('its scale belongs to more than one axis');
  const form = long.length === 1 ? [-1] : [];
  const isFlat = shape.length === form.length;
  const inputs = [1, 2]
    .filter((index) => context.has(index))
    .map((index) => (isFlat ? context.input(index) : context.reshaped(index, form)));
  return { inputs, ...(long.length === 1 && { axis: context.knownRank(0) - shape.length + long[0] }) };
}

const affine =
  (op: string): Exporter =>
  (context) => {
    const { blockSize, dtype = 'uint8' } = context.attributes as { blockSize?: number; dtype?: DType };
    const needsType = op === 'QuantizeLinear' && !context.has(2) && dtype !== 'uint8';
    if (blockSize || needsType) context.graph.needOperatorSet(BLOCKS);
    const output_dtype = needsType ? { int: elementCodes[dtype] } : undefined;
    if (blockSize) {
      context.emit(op, context.inputs(), { axis: context.int('axis'), block_size: { int: blockSize }, output_dtype });
      return;
    }
    const { inputs, axis } = alongAxis(context);
    context.emit(op, [context.input(0), ...inputs], {
      axis: axis === undefined ? undefined : { int: axis },
      output_dtype,
    });
  };

/** The inputs of ONNX's QLinear operators up to the result's zero. */
function scaled(context: ExportContext, x: string): string[] {
  if (![2, 3, 6].every((index) => context.has(index))) throw context.unsupported('it lacks a zero');
  const one = context.scalar(1);
  return [x, one, context.input(2), context.input(1), context.input(5), context.input(3), one, context.input(6)];
}

const convInteger: Exporter = (context) => {
  const rank = context.rank(1) ?? context.knownRank(0);
  const x = context.channelsFirst(0, rank);
  const attributes = { ...context.windowAttributes(), group: context.int('groups') };
  let result: string;
  if (context.has(5)) result = context.step('QLinearConv', [...scaled(context, x), context.input(4)], attributes);
  else result = context.step('ConvInteger', [x, ...[1, 2, 3].map((index) => context.input(index))], attributes);
  if (context.has(4) && !context.has(5)) throw context.unsupported('it has a bias, but no multiplier');
  context.resultChannelsFirst(result, rank);
};

const matmulInteger: Exporter = (context) => {
  if (context.attributes.transposeB) throw context.unsupported('its second factor is transposed');
  if (context.has(4)) throw context.unsupported('it has a bias');
  if (context.has(5)) context.emit('QLinearMatMul', scaled(context, context.input(0)));
  else context.emit('MatMulInteger', context.inputs());
};

/** ONNX has it with what it quantizes as one operator: that output is for nobody. */
const dynamicAffine: Exporter = (context) => {
  const [, ...results] = context.steps('DynamicQuantizeLinear', [context.input(0)], {}, [true, true, true]);
  results.slice(0, context.outputCount).forEach((result, index) => {
    if (context.wants(index)) context.result(result, index);
  });
};

/** Rounding in floats, as there is in networks that are trained with it. */
const fakeQuantize: Exporter = (context) => {
  const { dtype = 'uint8', zero = 0 } = context.attributes as FakeQuantizeAttributes;
  const origin = context.newConstant(
    new Tensor(dtype, [], dtype === 'int8' ? Int8Array.of(zero) : Uint8Array.of(zero)),
  );
  const affine = [context.input(1), origin];
  if (context.attributes.axis !== undefined)
    throw context.unsupported('its scales belong to an axis: quantize it first');
  const integers = context.step('QuantizeLinear', [context.input(0), ...affine]);
  context.emit('DequantizeLinear', [integers, ...affine]);
};

export const quantized: Record<string, Exporter> = {
  convInteger,
  dequantize: affine('DequantizeLinear'),
  dynamicAffine,
  fakeQuantize,
  matmulInteger,
  quantize: affine('QuantizeLinear'),
};
