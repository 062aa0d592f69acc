// Networks that say in floats what they mean in 8 bits: what lies between dequantize and quantize becomes arithmetic of
// integers, and activations stay 8-bit from layer to layer. A convolution or product becomes the exact integer one, which
// is rounded once, where floats are rounded at every step; all else gives the bits that floats would give.

import { convInteger } from '../../ops/quantized/convInteger.js';
import { matmulInteger } from '../../ops/quantized/matmulInteger.js';
import { lookUp, quantizedBinary } from '../../ops/quantized/quantizedElements.js';
import { sizeOf } from '../../shape.js';
import { type DType, Tensor, tensor } from '../../tensor.js';
import { countUses, GraphBuilder, inferNode } from '../builder.js';
import { Derived } from '../derived.js';
import { operatorOf } from '../dialect.js';
import type { Folding, Node, Pass, TypedGraph } from '../graph.js';

/** For graphs that quantize. */
export const eightBits: Pass = {
  name: 'eight bits',
  apply: computeInEightBits,
  writes: { convInteger, lookUp, matmulInteger, quantizedBinary },
  isFor: ({ nodes }) => nodes.some(({ op }) => op === 'quantize'),
};

/** What integers stand for: (integer - zero) * scale. */
interface Affine {
  /** Names of constants; zero may be absent. */
  readonly scale: string;
  readonly zero: string;
  readonly dtype: DType;
  /** Of one element. */
  readonly factor: number;
  readonly origin: number;
}

interface Quantized extends Affine {
  /** The integers. */
  readonly value: string;
}

export function computeInEightBits(graph: TypedGraph, folding: Folding): TypedGraph {
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    if (node.op !== 'quantize' || !rewrite(builder, node, uses, folding)) builder.push(node);
  }
  return builder.finish();
}

/** The scale and the zero, both constants of one element, of a node that quantizes or dequantizes. */
function affineOf(builder: GraphBuilder, { inputs, attributes }: Node, dtype: DType): Affine | undefined {
  const [scale, zero = ''] = inputs.slice(1).map((name) => builder.resolve(name));
  const [factor, origin] = [scale, zero].map((name) => builder.constants.get(name));
  const isKnown = factor?.size === 1 && (zero === '' || origin?.size === 1) && !attributes.blockSize;
  if (!isKnown || (dtype !== 'int8' && dtype !== 'uint8')) return undefined;
  const [value, whole] = [Number(factor.data[0]), Number(origin?.data[0] ?? 0)];
  return value > 0 && Number.isFinite(value) ? { scale, zero, dtype, factor: value, origin: whole } : undefined;
}

/** The 8-bit integers that `name` is the floats of. */
function integersOf(builder: GraphBuilder, name: string): Quantized | undefined {
  const node = builder.producer(builder.resolve(name));
  if (node?.op !== 'dequantize') return undefined;
  const affine = affineOf(builder, node, builder.typeOf(node.inputs[0]).dtype);
  return affine && { ...affine, value: node.inputs[0] };
}

/** Puts arithmetic of integers in place of what `node` quantizes; false where there is none. */
function rewrite(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>, folding: Folding): boolean {
  const result = affineOf(
    builder,
    node,
    builder.infer(
      node,
      node.inputs.map((name) => builder.types.get(builder.resolve(name))),
    )[0].dtype,
  );
  if (!result) return false;
  const once = (name: string) => {
    const producer = builder.producer(builder.resolve(name));
    return producer && producer.outputs.length === 1 && uses.get(producer.outputs[0]) === 1 ? producer : undefined;
  };
  let source = once(node.inputs[0]);
  let bounds: { low?: number; high?: number } = {};
  if (source?.op === 'activation' && source.attributes.activation === 'clip') {
    const { alpha = 0, beta = 0 } = source.attributes as { alpha?: number; beta?: number };
    const layer = once(source.inputs[0]);
    if (layer && layer.op in layers) {
      bounds = { low: quantized(Math.min(alpha, beta), result), high: quantized(beta, result) };
      source = layer;
    }
  }
  const layer = source && !source.attributes.activation && layers[source.op]?.(builder, source, result, node.name);
  if (layer) {
    const { op, inputs, attributes } = layer;
    builder.push({ ...node, op, inputs, attributes: { ...attributes, ...bounds } });
    return true;
  }
  if (Object.keys(bounds).length > 0) return false;
  return moved(builder, node, source, result) || tabulated(builder, node, once, result, folding);
}

/** The integer that stands for `value`, as kernels compute it. */
function quantized(value: number, { factor, origin, dtype }: Affine): number {
  const low = dtype === 'int8' ? -128 : 0;
  const scaled = Math.fround(Math.fround(value) / factor);
  const floor = Math.floor(scaled);
  const whole = scaled - floor === 0.5 ? floor + (Math.abs(floor) % 2) : Math.round(scaled);
  return Math.max(low, Math.min(low + 255, whole + origin));
}

type Layer = Pick<Node, 'op' | 'inputs' | 'attributes'>;
type Rule = (builder: GraphBuilder, node: Node, result: Affine, name: string) => Layer | undefined;

const layers: Readonly<Record<string, Rule>> = {
  conv: (builder, node, result, name) => product(builder, node, result, name, 'convInteger', 0),
  matmul(builder, node, result, name) {
    const { transposeA, transposeB = false } = node.attributes;
    const { shape } = builder.typeOf(builder.resolve(node.inputs[1]));
    if (transposeA || shape.length !== 2) return undefined;
    const axis = transposeB ? 0 : 1;
    const layer = product(builder, node, result, name, 'matmulInteger', axis);
    return layer && { ...layer, attributes: { transposeB } };
  },
  binary(builder, node, result, name) {
    const { operation } = node.attributes;
    const [a, b] = node.inputs.map((input) => integersOf(builder, input));
    if (!a || !b || (operation !== 'add' && operation !== 'sub' && operation !== 'mul')) return undefined;
    const inputs = [a, b].flatMap(({ value, scale, zero }) => [value, scale, zero]);
    return {
      op: 'quantizedBinary',
      inputs: [...inputs, result.scale, zeroOf(builder, result, name)],
      attributes: { operation },
    };
  },
};

/** The zero of a result, which tells its type. */
function zeroOf(builder: GraphBuilder, { zero, dtype }: Affine, name: string): string {
  return (
    zero ||
    builder.constant(new Tensor(dtype, [], dtype === 'int8' ? new Int8Array(1) : new Uint8Array(1)), `${name}/zero`)
  );
}

/** The product of integers; `axis` of the weights counts filters or columns. */
function product(
  builder: GraphBuilder,
  node: Node,
  result: Affine,
  name: string,
  op: string,
  axis: number,
): Layer | undefined {
  const [input, weights, bias = '', residual = ''] = node.inputs.map((one) => builder.resolve(one));
  const x = integersOf(builder, input);
  const w = constantIntegers(builder, weights);
  if (!x || !w || residual) return undefined;
  const { shape } = w.value;
  const count = shape[axis];
  const isEightBit = w.value.dtype === 'int8' || w.value.dtype === 'uint8';
  const perFilter = w.scale.size === count && (w.scale.size === 1 || w.scale.shape.at(axis - shape.length) === count);
  if (!isEightBit || !(perFilter || w.scale.size === 1) || (w.zero && w.zero.size !== 1 && w.zero.size !== count))
    return undefined;
  const scales = Float32Array.from(w.scale.data as Float32Array, (scale) => scale * x.factor);
  if (!scales.every((scale) => scale > 0 && Number.isFinite(scale))) return undefined;
  const added = bias === '' ? undefined : constantIntegers(builder, bias);
  if (bias !== '' && !(added && fitsSums(added, scales, count))) return undefined;
  const multipliers = scales.map((scale) => scale / result.factor);
  const constant = (value: Tensor | undefined, role: string) =>
    value ? builder.constant(value, `${name}/${role}`) : '';
  const { strides, padding, dilations, groups, autoPad } = node.attributes;
  return {
    op,
    inputs: [
      x.value,
      constant(w.value, 'weights'),
      x.zero,
      constant(w.zero, 'weight zero'),
      constant(added && new Tensor('int32', [count], added.value.data as Int32Array), 'bias'),
      constant(tensor(multipliers, [multipliers.length]), 'multiplier'),
      zeroOf(builder, result, name),
    ],
    attributes: { strides, padding, dilations, groups, autoPad },
  };
}

/** Constant integers, and the scale and zero by which they are dequantized: folding leaves word of that. */
function constantIntegers(
  builder: GraphBuilder,
  name: string,
): { value: Tensor; scale: Tensor; zero: Tensor | undefined } | undefined {
  const constant = builder.constants.get(name);
  if (!(constant instanceof Derived) || constant.node.op !== 'dequantize' || constant.node.attributes.blockSize)
    return undefined;
  const [value, scale, zero] = constant.sources;
  return value && scale ? { value, scale, zero } : undefined;
}

/** Whether a bias is of 32-bit integers that can be added to sums of such scales. */
function fitsSums(
  { value, scale, zero }: { value: Tensor; scale: Tensor; zero: Tensor | undefined },
  scales: Float32Array,
  count: number,
): boolean {
  const own = scale.data as Float32Array;
  return (
    value.dtype === 'int32' &&
    value.size === count &&
    (own.length === 1 || own.length === count) &&
    (zero?.data as Int32Array | undefined)?.some((one) => one !== 0) !== true &&
    Array.from({ length: count }, (_, i) => [own[i % own.length], scales[i % scales.length]]).every(
      ([a, b]) => Math.abs(a - b) <= 1e-6 * b,
    )
  );
}

/** Elements that only change places, and those of a concatenation, do so as integers, requantized where they must be. */
function moved(builder: GraphBuilder, node: Node, source: Node | undefined, result: Affine): boolean {
  if (!source) return false;
  const { reshapes, reorders } = operatorOf(builder, source);
  const isConcat = source.op === 'concat';
  if (!(reshapes || reorders || isConcat)) return false;
  const given = isConcat ? source.inputs : source.inputs.slice(0, 1);
  const integers = given.map((name) => integersOf(builder, name));
  if (!integers.every((one) => one !== undefined)) return false;
  const values = integers.map((one) => requantized(builder, one, result, node.name));
  const inputs = isConcat ? values : [values[0], ...source.inputs.slice(1)];
  builder.push({ ...source, inputs, outputs: node.outputs, name: node.name });
  return true;
}

/** The integers of `from` as those of `to`. */
function requantized(builder: GraphBuilder, from: Quantized, to: Affine, name: string): string {
  if (from.factor === to.factor && from.origin === to.origin && from.dtype === to.dtype) return from.value;
  const values = everyInteger(from.dtype).map((whole) => Math.fround((whole - from.origin) * from.factor));
  return builder.apply('lookUp', [from.value, tableOf(builder, values, to, name)], {}, `${name}/lookUp`);
}

/** All integers of a type, in the order of their bytes taken as unsigned. */
function everyInteger(dtype: DType): number[] {
  return Array.from({ length: 256 }, (_, byte) => (dtype === 'int8' ? (byte << 24) >> 24 : byte));
}

function tableOf(builder: GraphBuilder, values: readonly number[], to: Affine, name: string): string {
  const bytes = values.map((value) => quantized(value, to));
  const table = to.dtype === 'int8' ? Int8Array.from(bytes) : Uint8Array.from(bytes);
  return builder.constant(new Tensor(to.dtype, [256], table), `${name}/table`);
}

/** Most operators of a function of one value. */
const LONGEST_CHAIN = 8;

/** A chain of functions of single elements, from integers to integers, is a table, which the kernels fill. */
function tabulated(
  builder: GraphBuilder,
  node: Node,
  once: (name: string) => Node | undefined,
  result: Affine,
  folding: Folding,
): boolean {
  const chain: Node[] = [];
  let name = node.inputs[0];
  let integers = integersOf(builder, name);
  while (!integers) {
    const step = once(name);
    if (!step || chain.length === LONGEST_CHAIN || (step.op !== 'activation' && step.op !== 'unary')) return false;
    chain.unshift(step);
    name = step.inputs[0];
    integers = integersOf(builder, name);
  }
  const type = { dtype: 'float32', shape: [256] } as const;
  const { factor, origin, dtype } = integers;
  let values: Tensor = tensor(
    Float32Array.from(everyInteger(dtype), (whole) => (whole - origin) * factor),
    [256],
  );
  for (const step of chain) {
    const types = inferNode(builder, step, [type]);
    const folded = folding.fold(step, [values], [type], types);
    if (!folded || types[0].dtype !== 'float32' || sizeOf(types[0].shape) !== 256) return false;
    values = folded[0];
  }
  const table = tableOf(builder, Array.from(values.data as Float32Array), result, node.name);
  builder.push({ ...node, op: 'lookUp', inputs: [integers.value, table], attributes: {} });
  return true;
}
