// Operators taken apart into what they compute and what is fused into them.

import type { Attributes } from '../ops/operator.js';
import { operatorOf } from './dialect.js';
import type { Graph, Node } from './graph.js';

/** The node without what is fused into it: its activation and its residual are nodes of their own. */
export function apart(graph: Pick<Graph, 'dialect'>, node: Node): Node[] {
  const { residualInput } = operatorOf(graph, node);
  const { activation, alpha, beta, ...attributes } = node.attributes as Record<string, Attributes[string]>;
  const [output] = node.outputs;
  const parts: Node[] = [];
  let bare = node;
  if (node.op !== 'activation' && activation !== undefined && activation !== 'none') {
    const before = `${output}/before ${activation}`;
    bare = { ...node, attributes, outputs: [before, ...node.outputs.slice(1)] };
    const fused = { activation, alpha, beta };
    parts.unshift({ name: before, op: 'activation', inputs: [before], outputs: [output], attributes: fused });
  }
  const residual = residualInput === undefined ? '' : (bare.inputs[residualInput] ?? '');
  if (residual !== '') {
    const [sum] = bare.outputs;
    const term = `${sum}/term`;
    bare = { ...bare, inputs: bare.inputs.slice(0, residualInput), outputs: [term] };
    const operands = { inputs: [term, residual], outputs: [sum], attributes: { operation: 'add' } };
    parts.unshift({ name: sum, op: 'binary', ...operands });
  }
  return [bare, ...parts];
}
