// Folds the order in which Flatten reads channels into the fully connected layer behind it: its weights are reordered
// once instead of the activations in every run.

import { transpose } from '../../ops/layout/transpose.js';
import { invertPermutation } from '../../shape.js';
import { GraphBuilder } from '../builder.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

/** For front ends whose graphs flatten channel by channel. */
export const flatten: Pass = { name: 'flatten', apply: flattenIntoWeights, writes: { transpose } };

export function flattenIntoWeights(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const moved = reorderedWeights(builder, node);
    builder.push(moved ?? node);
  }
  return builder.finish();
}

/** matmul(reshape(transpose(x)), w) as matmul(reshape(x), reordered w), where all axes but the first are flattened. */
function reorderedWeights(builder: GraphBuilder, node: Node): Node | undefined {
  if (node.op !== 'matmul' || node.attributes.transposeA) return undefined;
  const flatten = builder.producer(builder.resolve(node.inputs[0]));
  const transpose = flatten && builder.producer(flatten.inputs[0]);
  const weights = builder.resolve(node.inputs[1]);
  if (flatten?.op !== 'reshape' || transpose?.op !== 'transpose' || !builder.constants.has(weights)) return undefined;
  const permutation = transpose.attributes.permutation as readonly number[];
  const from = builder.typeOf(transpose.outputs[0]).shape;
  const flat = builder.typeOf(flatten.outputs[0]).shape;
  if (permutation[0] !== 0 || flat.length !== 2 || flat[0] !== from[0]) return undefined;
  const { shape } = builder.typeOf(weights);
  if (shape.length !== 2) return undefined;

  // The weights' rows (columns when transposed) in the order of the input before the transpose.
  const byColumns = node.attributes.transposeB === true;
  const tail = invertPermutation(permutation)
    .slice(1)
    .map((axis) => axis - 1);
  const split = byColumns ? [shape[0], ...from.slice(1)] : [...from.slice(1), shape[1]];
  const order = byColumns ? [0, ...tail.map((axis) => axis + 1)] : [...tail, tail.length];
  const apart = builder.apply('reshape', [weights], { shape: split }, `${weights}/axes`);
  const moved = builder.apply('transpose', [apart], { permutation: order }, `${weights}/channels last`);
  const reordered = builder.apply('reshape', [moved], { shape }, `${weights}/reordered`);
  const input = builder.apply('reshape', [transpose.inputs[0]], { shape: flat }, `${node.name}/flat`);
  return { ...node, inputs: [input, reordered, ...node.inputs.slice(2)] };
}
