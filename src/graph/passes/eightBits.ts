// Networks that say in floats what they mean in 8 bits: what lies between dequantize and quantize becomes arithmetic of
// integers, and activations stay 8-bit from layer to layer. A convolution, product or mean becomes the exact integer one, which
// is rounded once, where floats are rounded at every step; all else gives the bits that floats would give.

import { convInteger } from '../../ops/quantized/convInteger.js';
import { integerAveragePool } from '../../ops/quantized/integerAveragePool.js';
import { matmulInteger } from '../../ops/quantized/matmulInteger.js';
import { lookUp, quantizedBinary } from '../../ops/quantized/quantizedElements.js';
import { scaleSums } from '../../ops/quantized/scaleSums.js';
import { countUses, GraphBuilder } from '../builder.js';
import type { Folding, Node, Pass, TypedGraph } from '../graph.js';
import { type Affine, affineOf, integersOf, wholeOf, zeroOf } from './eightBits/affine.js';
import { leaveEightBits } from './eightBits/leaving.js';
import { quantizedMean } from './eightBits/means.js';
import { gatherIntegers, moveIntegers } from './eightBits/movement.js';
import { type Layer, quantizedProduct } from './eightBits/products.js';
import { tabulate } from './eightBits/tables.js';

/** For graphs that quantize. */
export const eightBits: Pass = {
  name: 'eight bits',
  apply: computeInEightBits,
  writes: { convInteger, integerAveragePool, lookUp, matmulInteger, quantizedBinary, scaleSums },
  isFor: ({ nodes }) => nodes.some(({ op }) => op === 'quantize' || op === 'dequantize' || op === 'dynamicAffine'),
};

export function computeInEightBits(graph: TypedGraph, folding: Folding): TypedGraph {
  return leaveEightBits(stayInEightBits(graph, folding));
}

/** Arithmetic of integers from one quantized value to the next. */
function stayInEightBits(graph: TypedGraph, folding: Folding): TypedGraph {
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const isDone = node.op === 'quantize' ? rewrite(builder, node, uses, folding) : moveIntegers(builder, node);
    if (!isDone) builder.push(node);
  }
  return builder.finish();
}

/** Puts arithmetic of integers in place of what `node` quantizes; false where there is none. */
function rewrite(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>, folding: Folding): boolean {
  const types = node.inputs.map((name) => builder.types.get(builder.resolve(name)));
  const result = affineOf(builder, node, builder.infer(node, types)[0].dtype);
  if (!result) return false;
  if (tabulate(builder, node, result, folding)) return true;
  const once = (name: string) => {
    const producer = builder.producer(builder.resolve(name));
    return producer && producer.outputs.length === 1 && uses.get(producer.outputs[0]) === 1 ? producer : undefined;
  };
  let source = once(node.inputs[0]);
  let bounds = {};
  if (source?.op === 'activation' && source.attributes.activation === 'clip') {
    bounds = boundsOf(source, result);
    source = once(source.inputs[0]);
  }
  if (!source) return false;
  const { activation = 'none' } = source.attributes;
  if (activation !== 'none') {
    if (activation !== 'clip' || Object.keys(bounds).length > 0) return false;
    bounds = boundsOf(source, result);
  }
  const layer = layers[source.op]?.(builder, source, result);
  if (layer) {
    const { op, inputs, attributes } = layer;
    builder.push({ ...node, op, inputs, attributes: { ...attributes, ...bounds } });
    return true;
  }
  return Object.keys(bounds).length === 0 && gatherIntegers(builder, node, source, result);
}

/** Of the bounds of a clip the upper one counts where they cross. */
function boundsOf({ attributes }: Node, result: Affine): { low: number; high: number } {
  const { alpha = 0, beta = 0 } = attributes as { alpha?: number; beta?: number };
  return { low: wholeOf(Math.min(alpha, beta), result), high: wholeOf(beta, result) };
}

type Rule = (builder: GraphBuilder, node: Node, result: Affine) => Layer | undefined;

const layers: Readonly<Record<string, Rule>> = {
  averagePool: quantizedMean,
  conv: quantizedProduct,
  globalAveragePool: quantizedMean,
  matmul: quantizedProduct,
  reduce: quantizedMean,
  binary(builder, node, result) {
    const { operation } = node.attributes;
    const [a, b] = node.inputs.map((input) => integersOf(builder, input));
    if (!a || !b || (operation !== 'add' && operation !== 'sub' && operation !== 'mul')) return undefined;
    const inputs = [a, b].flatMap(({ value, scale, zero }) => [value, scale, zero]);
    return {
      op: 'quantizedBinary',
      inputs: [...inputs, result.scale, zeroOf(builder, result, node.name)],
      attributes: { operation },
    };
  },
};
