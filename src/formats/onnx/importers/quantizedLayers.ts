// Operators of 8-bit integers that ONNX Runtime adds to ONNX (domain com.microsoft): each is written out as what it means,
// dequantize, the operator on floats, quantize, which the compiler makes the same arithmetic of integers of as of a network that
// says it so. Where ONNX Runtime's kernels round at other places, the definition holds here: results may differ by one.

import type { Attributes } from '../../../ops/operator.js';
import { product } from '../../../shape.js';
import { toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';
import { dynamicAffine, positiveScale } from '../scales.js';
import { windowAttributes } from '../windows.js';

/** The floats that input `at` stands for; behind it come its scale and its zero, which may be absent. */
function floatsAt(context: NodeContext, at: number): string {
  const zero = context.optionalInput(at + 2);
  return context.step('dequantize', [context.input(at), positiveScale(context, at + 1), ...(zero ? [zero] : [])]);
}

/** Writes the integers of `value` by the scale at `at` and the zero behind it; without that, those of the type of `like`. */
function emitIntegers(context: NodeContext, value: string, at: number, like: number): void {
  const zero = context.has(at + 1)
    ? context.input(at + 1)
    : context.step('cast', [context.scalar(0), context.input(like)], {}, `${context.name}/zero`);
  context.emit('quantize', [value, positiveScale(context, at), zero]);
}

/** `op` over space; channels are the last axis of `x` already, or the second one. */
function overSpace(context: NodeContext, op: string, x: string, rank: number, attributes: Attributes): string {
  if (context.integer('channels_last', 0) === 1) return context.step(op, [x], attributes);
  const moved = context.step(op, [toChannelsLast(context, x, rank)], attributes);
  const permutation = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];
  return context.step('transpose', [moved], { permutation });
}

const pair =
  (operation: string): Importer =>
  (context) => {
    const sum = context.step('binary', [floatsAt(context, 0), floatsAt(context, 3)], { operation });
    emitIntegers(context, sum, 6, 0);
  };

const activation =
  (name: string, alpha: (context: NodeContext) => number = () => 0): Importer =>
  (context) => {
    const attributes = { activation: name, alpha: alpha(context), beta: 0 };
    emitIntegers(context, context.step('activation', [floatsAt(context, 0)], attributes), 3, 0);
  };

const concat: Importer = (context) => {
  const count = (context.inputs.length - 2) / 3;
  if (!Number.isInteger(count) || count < 1) {
    throw context.damaged(`has ${context.inputs.length} inputs, not a scale, a zero and three for each tensor`);
  }
  const parts = Array.from({ length: count }, (_, index) => floatsAt(context, 2 + 3 * index));
  emitIntegers(context, context.step('concat', parts, { axis: context.requiredInteger('axis') }), 0, 2);
};

const averagePool: Importer = (context) => {
  const kernelShape = context.integers('kernel_shape');
  if (!kernelShape) throw context.damaged('lacks its attribute "kernel_shape"');
  const pooled = overSpace(context, 'averagePool', floatsAt(context, 0), kernelShape.length + 2, {
    kernelShape,
    ...windowAttributes(context, kernelShape.length),
    ceil: context.integer('ceil_mode', 0) === 1,
    includePadding: context.integer('count_include_pad', 0) === 1,
  });
  emitIntegers(context, pooled, 3, 0);
};

const globalAveragePool: Importer = (context) => {
  const rank = context.knownRankOf(context.input(0));
  emitIntegers(context, overSpace(context, 'globalAveragePool', floatsAt(context, 0), rank, {}), 3, 0);
};

const reduceMean: Importer = (context) => {
  const axes = context.integers('axes');
  const keepDims = context.integer('keepdims', 1) === 1;
  const attributes = { reduction: 'mean', keepDims, ...(axes?.length && { axes }) };
  emitIntegers(context, context.step('reduce', [floatsAt(context, 0)], attributes), 3, 0);
};

/** Before operator set 13, which the attribute `opset` tells, a softmax is over all axes from `axis` on. */
const softmax: Importer = (context) => {
  const x = context.input(0);
  const opset = context.requiredInteger('opset');
  const axis = context.integer('axis', opset < 13 ? 1 : -1);
  if (opset < 13 && axis !== -1 && axis !== context.knownRankOf(x) - 1) {
    throw context.unsupported(`it is over all axes from ${axis} on, as before operator set 13`);
  }
  emitIntegers(context, context.step('softmax', [floatsAt(context, 0)], { axis }), 3, 0);
};

const where: Importer = (context) => {
  const chosen = context.step('where', [context.input(0), floatsAt(context, 1), floatsAt(context, 4)]);
  emitIntegers(context, chosen, 7, 1);
};

const nhwcMaxPool: Importer = (context) => {
  const kernelShape = context.integers('kernel_shape');
  if (!kernelShape) throw context.damaged('lacks its attribute "kernel_shape"');
  const ceil = context.integer('ceil_mode', 0) === 1;
  context.emit('maxPool', [context.input(0)], {
    kernelShape,
    ...windowAttributes(context, kernelShape.length),
    ceil,
  });
};

/** alpha * a b + c: integers where there is a scale of the result, else floats. C is of 32-bit integers in units of the sums. */
const gemm: Importer = (context) => {
  const alpha = context.float('alpha', 1);
  const [aScale, bScale] = [positiveScale(context, 1), positiveScale(context, 4)];
  const isTransposed = context.integer('transB', 0) === 1;
  const zero = context.optionalInput(5);
  const affine = alike(context, zero ? [bScale, zero] : [bScale]);
  const weights = [context.input(3), ...affine.map((name) => alongColumns(context, name, isTransposed))];
  const inputs = [floatsAt(context, 0), context.step('dequantize', weights)];
  const attributes = { transposeA: context.integer('transA', 0) === 1, transposeB: isTransposed };
  const scaled = (value: string) =>
    alpha === 1 ? value : context.step('binary', [value, context.scalar(alpha)], { operation: 'mul' });
  let result: string;
  if (context.has(6)) {
    const unit = context.step('binary', [aScale, bScale], { operation: 'mul' });
    const bias = context.step('dequantize', [context.input(6), unit]);
    const isVector = context.shapeOf(context.input(6))?.length === 1;
    if (isVector && alpha === 1) result = context.step('matmul', [...inputs, bias], attributes);
    else
      result = scaled(context.step('binary', [context.step('matmul', inputs, attributes), bias], { operation: 'add' }));
  } else {
    result = scaled(context.step('matmul', inputs, attributes));
  }
  if (context.has(7)) emitIntegers(context, result, 7, 0);
  else context.emit('identity', [result]);
};

/** A scale and a zero, of which one may be for all columns and the other a list: both as lists then. */
function alike(context: NodeContext, names: readonly string[]): string[] {
  const counts = names.map((name) => product(context.shapeOf(name)?.map((extent) => extent ?? 1) ?? []));
  const most = Math.max(...counts);
  return names.map((name, index) =>
    counts[index] === most ? name : context.step('expand', [name], { shape: [most] }),
  );
}

/** A list with an entry for each column of B, as it broadcasts to B. */
function alongColumns(context: NodeContext, name: string, isTransposed: boolean): string {
  const shape = context.shapeOf(name);
  const isList = shape?.length === 1 && shape[0] !== 1;
  return isList && isTransposed ? context.step('reshape', [name], { shape: [-1, 1] }) : name;
}

/** Sums of integers by the scales of both factors, with a bias of floats. */
function emitFloats(context: NodeContext, sums: string, scales: [string, string], bias: string): void {
  const factor = context.step('binary', scales, { operation: 'mul' });
  const product = [context.step('cast', [sums], { to: 'float32' }), factor];
  if (!bias) context.emit('binary', product, { operation: 'mul' });
  else context.emit('binary', [context.step('binary', product, { operation: 'mul' }), bias], { operation: 'add' });
}

const integerToFloat: Importer = (context) => {
  const zeros = [context.optionalInput(4), context.optionalInput(5)];
  const sums = context.step('matmulInteger', [context.input(0), context.input(1), ...zeros]);
  emitFloats(context, sums, [positiveScale(context, 2), positiveScale(context, 3)], context.optionalInput(6));
};

const dynamicProduct: Importer = (context) => {
  const x = context.input(0);
  const [scale, zero] = dynamicAffine(context, x);
  const integers = context.step('quantize', [x, scale, zero]);
  const sums = context.step('matmulInteger', [integers, context.input(1), zero, context.optionalInput(3)]);
  emitFloats(context, sums, [scale, positiveScale(context, 2)], context.optionalInput(4));
};

export const quantizedLayers: Record<string, Importer> = {
  'com.microsoft.DynamicQuantizeMatMul': dynamicProduct,
  'com.microsoft.MatMulIntegerToFloat': integerToFloat,
  'com.microsoft.NhwcMaxPool': nhwcMaxPool,
  'com.microsoft.QGemm': gemm,
  'com.microsoft.QLinearAdd': pair('add'),
  'com.microsoft.QLinearAveragePool': averagePool,
  'com.microsoft.QLinearConcat': concat,
  'com.microsoft.QLinearGlobalAveragePool': globalAveragePool,
  'com.microsoft.QLinearLeakyRelu': activation('leakyRelu', (context) => context.float('alpha', 0.01)),
  'com.microsoft.QLinearMul': pair('mul'),
  'com.microsoft.QLinearReduceMean': reduceMean,
  'com.microsoft.QLinearSigmoid': activation('sigmoid'),
  'com.microsoft.QLinearSoftmax': softmax,
  'com.microsoft.QLinearWhere': where,
};
