// Removes nodes that change nothing: identities, reshapes to the same shape, empty pads, casts to the same type.

import { sameShape } from '../../shape.js';
import { GraphBuilder } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

export const identities: Pass = { name: 'identities', apply: dropIdentities };

/** Those that folding and fusing left behind. */
export const leftoverIdentities: Pass = { name: 'leftover identities', apply: dropIdentities };

export function dropIdentities(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const [input, output] = [node.inputs[0], node.outputs[0]];
    const from = graph.types.get(input);
    const to = graph.types.get(output);
    const same = from !== undefined && to !== undefined && from.dtype === to.dtype && sameShape(from.shape, to.shape);
    if (same && keepsElements(graph, node)) builder.replace(output, input);
    else builder.push(node);
  }
  return builder.finish();
}

/** Whether a node whose output has the type of its input has its elements too. */
function keepsElements(graph: TypedGraph, { attributes, inputs, ...node }: Node): boolean {
  const { isIdentity, reshapes = false } = operatorOf(graph, node);
  return isIdentity?.(attributes, inputs.length) ?? reshapes;
}
