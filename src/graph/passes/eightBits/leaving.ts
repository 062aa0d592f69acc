// The edges of 8 bits: sums of integers that become floats there, whether the scales are known or found in each run, and
// tables that only cut what the layer before them gives.

import { countUses, GraphBuilder } from '../../builder.js';
import type { Node, TypedGraph } from '../../graph.js';
import { floatProduct } from './products.js';
import { boundsIn } from './tables.js';

/** Operators whose results have bounds. */
const bounded: ReadonlySet<string> = new Set(['convInteger', 'integerAveragePool', 'matmulInteger', 'quantizedBinary']);

export function leaveEightBits(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    if (!rewrite(builder, node, uses)) builder.push(node);
  }
  return builder.finish();
}

function rewrite(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>): boolean {
  switch (node.op) {
    case 'conv':
    case 'matmul': {
      const note = floatProduct(builder, node);
      if (note !== undefined) builder.push({ ...node, note });
      return true;
    }
    case 'lookUp':
      return boundLayer(builder, node, uses);
    case 'binary':
      return scaleSums(builder, node) || shiftSums(builder, node, uses);
    case 'dynamicAffine':
      return ignoreOrder(builder, node);
    default:
      return false;
  }
}

/** A table that cuts becomes bounds of the layer before it. */
function boundLayer(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>): boolean {
  const input = builder.resolve(node.inputs[0]);
  const layer = builder.producer(input);
  const table = builder.constants.get(node.inputs[1]);
  if (!layer || !table || !bounded.has(layer.op) || uses.get(input) !== 1) return false;
  const bounds = boundsIn(table, builder.typeOf(input).dtype);
  if (!bounds) return false;
  const { low = bounds.low, high = bounds.high } = layer.attributes as { low?: number; high?: number };
  const cut = (value: number) => Math.max(bounds.low, Math.min(bounds.high, value));
  builder.remove(layer);
  builder.push({
    ...layer,
    outputs: node.outputs,
    attributes: { ...layer.attributes, low: cut(low), high: cut(high) },
  });
  return true;
}

/** The factor or summand of `node` beside its input `index`: one number, or one for each of the last axis. */
function vectorBeside(builder: GraphBuilder, node: Node, index: number): string | undefined {
  const [sums, name] = [node.inputs[index], node.inputs[1 - index]].map((one) => builder.resolve(one));
  const [{ shape }, vector] = [builder.typeOf(sums), builder.typeOf(name)];
  const size = vector.shape.reduce((product, extent) => product * extent, 1);
  const isVector = size === 1 || (size === shape.at(-1) && vector.shape.at(-1) === size);
  if (vector.dtype !== 'float32' || !isVector || vector.shape.length > shape.length || shape.length === 0)
    return undefined;
  if (vector.shape.length === 1) return name;
  const constant = builder.constants.get(name);
  if (constant) return name;
  return builder.apply('reshape', [name], { shape: [size] }, `${node.name}/vector`);
}

/** sums of integers, cast to floats, times a factor. */
function scaleSums(builder: GraphBuilder, node: Node): boolean {
  if (node.attributes.operation !== 'mul' || (node.attributes.activation ?? 'none') !== 'none') return false;
  const index = node.inputs.findIndex((name) => sumsBehind(builder, name) !== undefined);
  const sums = index < 0 ? undefined : sumsBehind(builder, node.inputs[index]);
  const factor = sums && vectorBeside(builder, node, index);
  if (!sums || !factor) return false;
  builder.push({ ...node, op: 'scaleSums', inputs: [sums, factor], attributes: {} });
  return true;
}

function sumsBehind(builder: GraphBuilder, name: string): string | undefined {
  const cast = builder.producer(builder.resolve(name));
  if (cast?.op !== 'cast' || cast.attributes.to !== 'float32') return undefined;
  const sums = builder.producer(cast.inputs[0]);
  const isProduct = sums?.op === 'convInteger' || sums?.op === 'matmulInteger';
  return isProduct && builder.typeOf(cast.inputs[0]).dtype === 'int32' ? cast.inputs[0] : undefined;
}

/** A bias behind them. */
function shiftSums(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>): boolean {
  if (node.attributes.operation !== 'add') return false;
  const index = node.inputs.findIndex((name) => {
    const producer = builder.producer(builder.resolve(name));
    return producer?.op === 'scaleSums' && producer.inputs.length === 2 && uses.get(producer.outputs[0]) === 1;
  });
  if (index < 0) return false;
  const layer = builder.producer(builder.resolve(node.inputs[index]))!;
  const shift = vectorBeside(builder, node, index);
  if (!shift) return false;
  const { activation, alpha, beta } = node.attributes;
  builder.remove(layer);
  builder.push({
    ...layer,
    inputs: [...layer.inputs, shift],
    outputs: node.outputs,
    attributes: { ...(activation !== undefined && { activation, alpha, beta }) },
  });
  return true;
}

/** Extremes don't depend on where elements lie: those of what transposes and reshapes read are the same. */
function ignoreOrder(builder: GraphBuilder, node: Node): boolean {
  let input = builder.resolve(node.inputs[0]);
  for (let before = builder.producer(input); before; before = builder.producer(input)) {
    if (before.op !== 'transpose' && before.op !== 'reshape') break;
    input = before.inputs[0];
  }
  builder.push({ ...node, inputs: [input] });
  return true;
}
