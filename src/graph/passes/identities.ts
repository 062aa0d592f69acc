// Removes nodes that change nothing: identities, reshapes to the same shape, empty pads, casts to the same type.

import { sameShape } from '../../shape.js';
import { operatorOf } from '../dialect.js';
import { Draft } from '../draft.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

export const identities: Pass = { name: 'identities', apply: dropIdentities };

/** Those that folding and fusing left behind. */
export const leftoverIdentities: Pass = { name: 'leftover identities', apply: dropIdentities };

export function dropIdentities(graph: TypedGraph): TypedGraph {
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    const [input, output] = [node.inputs[0], node.outputs[0]];
    const from = graph.types.get(input);
    const to = graph.types.get(output);
    const same = from !== undefined && to !== undefined && from.dtype === to.dtype && sameShape(from.shape, to.shape);
    if (same && keepsElements(graph, node)) draft.replace(output, input);
    else draft.push(node);
  }
  return draft.finish();
}

/** Whether a node whose output has the type of its input has its elements too. */
function keepsElements(graph: TypedGraph, node: Node): boolean {
  switch (node.op) {
    case 'identity':
    case 'cast':
    case 'expand':
    case 'tile':
      return true;
    case 'pad':
      return (node.attributes.padding as readonly number[]).every((amount) => amount === 0);
    case 'slice':
      return ((node.attributes.steps ?? []) as readonly number[]).every((step) => step === 1);
    case 'transpose':
      return (node.attributes.permutation as readonly number[]).every((axis, position) => axis === position);
    case 'concat':
      return node.inputs.length === 1;
    case 'activation':
      return (node.attributes.activation ?? 'none') === 'none';
    default:
      return operatorOf(graph, node).reshapes === true;
  }
}
