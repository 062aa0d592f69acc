// Convolutions and matrix products of what 8-bit integers stand for: sums of integers, exact, times one factor. Between two
// quantized values the factor brings them back to 8 bits; in front of floats it makes floats of them.

import { type DType, Tensor, tensor } from '../../../tensor.js';
import type { GraphBuilder } from '../../builder.js';
import { Derived } from '../../derived.js';
import type { Node } from '../../graph.js';
import { type Affine, integersOf, type Quantized, zeroOf } from './affine.js';

export type Layer = Pick<Node, 'op' | 'inputs' | 'attributes'>;

/** A product's operands, and the scale of its sums: one, or one for each filter. */
interface Operands {
  readonly op: 'convInteger' | 'matmulInteger';
  readonly attributes: Node['attributes'];
  readonly x: Quantized;
  readonly weights: Dequantized;
  readonly scales: Float32Array;
  readonly bias: Tensor | undefined;
  readonly filters: number;
}

/** Constant integers, and the scale and zero by which they are dequantized. */
interface Dequantized {
  readonly value: Tensor;
  readonly scale: Tensor;
  readonly zero: Tensor | undefined;
}

/** A reason why a product stays one of floats. */
export type Reason = string;

/** The product as integers of `result`. */
export function quantizedProduct(builder: GraphBuilder, node: Node, result: Affine): Layer | undefined {
  const operands = operandsOf(builder, node);
  if (typeof operands === 'string') return undefined;
  const bias = biasOf(operands);
  if (bias === null) return undefined;
  const multipliers = operands.scales.map((scale) => scale / result.factor);
  return {
    op: operands.op,
    inputs: [
      ...integerInputs(builder, operands, node.name),
      bias ? builder.constant(bias, `${node.name}/bias`) : '',
      builder.constant(tensor(multipliers, [multipliers.length]), `${node.name}/multiplier`),
      zeroOf(builder, result, node.name),
    ],
    attributes: operands.attributes,
  };
}

/** Puts the product of integers and its way to floats in place of `node`; a reason where there is no such product. */
export function floatProduct(builder: GraphBuilder, node: Node): Reason | undefined {
  const operands = operandsOf(builder, node);
  if (typeof operands === 'string') return operands;
  const { activation, alpha, beta } = node.attributes;
  const inputs = integerInputs(builder, operands, node.name);
  while (inputs.at(-1) === '') inputs.pop();
  const { op, scales, attributes } = operands;
  const sums = builder.apply(op, inputs, attributes, `${node.name}/sums`);
  const scale = builder.constant(tensor(scales, [scales.length]), `${node.name}/scale`);
  const bias = node.inputs[2] ? [node.inputs[2]] : [];
  builder.push({
    ...node,
    op: 'scaleSums',
    inputs: [sums, scale, ...bias],
    attributes: { ...(activation !== undefined && { activation, alpha, beta }) },
  });
  return undefined;
}

function integerInputs(builder: GraphBuilder, { x, weights }: Operands, name: string): string[] {
  const { value, zero } = weights;
  return [
    x.value,
    builder.constant(value, `${name}/weights`),
    x.zero,
    zero ? builder.constant(zero, `${name}/weight zero`) : '',
  ];
}

function operandsOf(builder: GraphBuilder, node: Node): Operands | Reason {
  const [input, filters, bias = '', residual = ''] = node.inputs.map((one) => builder.resolve(one));
  const x = integersOf(builder, input);
  if (!x) return 'its input is of floats';
  const weights = constantIntegers(builder, filters);
  if (!weights) return 'its weights are of floats';
  if (residual) return 'it adds a residual of floats';
  const { shape, dtype } = weights.value;
  const { transposeA, transposeB = false } = node.attributes as { transposeA?: boolean; transposeB?: boolean };
  const isProduct = node.op === 'matmul';
  if (isProduct && (transposeA || shape.length !== 2)) return 'its factors lie in another order';
  const axis = isProduct && !transposeB ? 1 : 0;
  const count = shape[axis];
  if (!isEightBit(dtype)) return `its weights are of ${dtype}`;
  if (!fits(weights.scale, axis, shape) || (weights.zero && !fits(weights.zero, axis, shape)))
    return 'its scales are not of whole filters';
  const scales = Float32Array.from(weights.scale.data as Float32Array, (scale) => scale * x.factor);
  if (!scales.every((scale) => scale > 0 && Number.isFinite(scale)))
    return 'a scale of its weights is no positive number';
  const added = bias ? builder.constants.get(bias) : undefined;
  if (bias && added?.size !== count) return 'its bias is no constant';
  const { strides, padding, dilations, groups, autoPad } = node.attributes;
  return {
    op: isProduct ? 'matmulInteger' : 'convInteger',
    attributes: isProduct ? { transposeB } : { strides, padding, dilations, groups, autoPad },
    x,
    weights,
    scales,
    bias: added,
    filters: count,
  };
}

/** Whether there is one of these, or one for each filter. */
function fits({ size, shape }: Tensor, axis: number, weights: readonly number[]): boolean {
  return size === 1 || (size === weights[axis] && shape.at(axis - weights.length) === size);
}

function isEightBit(dtype: DType): boolean {
  return dtype === 'int8' || dtype === 'uint8';
}

/** Constant integers and what dequantizes them: folding leaves word of that. */
function constantIntegers(builder: GraphBuilder, name: string): Dequantized | undefined {
  const constant = builder.constants.get(name);
  if (!(constant instanceof Derived) || constant.node.op !== 'dequantize' || constant.node.attributes.blockSize)
    return undefined;
  const [value, scale, zero] = constant.sources;
  return value && scale ? { value, scale, zero } : undefined;
}

const LARGEST_BIAS = 2 ** 30;

/** The bias in units of the sums, rounded where it is of floats or of other scales; null where it is too large for that. */
function biasOf({ bias, scales, filters }: Operands): Tensor | undefined | null {
  if (!bias) return undefined;
  const scaleOf = (filter: number) => scales[filter % scales.length];
  const given = bias instanceof Derived && bias.node.op === 'dequantize' ? bias.sources : [];
  const [value, own, zero] = given;
  const isExact =
    value?.dtype === 'int32' &&
    own &&
    !(zero?.data as Int32Array | undefined)?.some((one) => one !== 0) &&
    (own.size === 1 || own.size === filters) &&
    scales.every((_, i) => Math.abs(Number(own.data[i % own.size]) - scaleOf(i)) <= 1e-6 * scaleOf(i)) &&
    (scales.length > 1 ||
      own.data.every((one: number | bigint) => Math.abs(Number(one) - scales[0]) <= 1e-6 * scales[0]));
  if (isExact) return new Tensor('int32', [filters], value.data as Int32Array);
  const wholes = Array.from(bias.data as Float32Array, (one, filter) => Math.round(one / scaleOf(filter)));
  if (!wholes.every((whole) => Math.abs(whole) <= LARGEST_BIAS)) return null;
  return tensor(Int32Array.from(wholes), [filters]);
}
