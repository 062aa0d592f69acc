// Lets an operator do what stands behind it before it stores its result: add a residual, apply an activation.

import { sameShape } from '../../shape.js';
import { operatorOf } from '../dialect.js';
import { countUses, Draft } from '../draft.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

export const residuals: Pass = { name: 'residuals', apply: fuseResiduals };

export const activations: Pass = { name: 'activations', apply: fuseActivations };

/** `binary add` of two results of one shape becomes the residual input of the operator that computes one of them. */
export function fuseResiduals(graph: TypedGraph): TypedGraph {
  if (!graph.nodes.some(({ op }) => op === 'binary')) return graph;
  const uses = countUses(graph);
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    if (node.op !== 'binary' || node.attributes.operation !== 'add' || !addResidual(draft, node, uses))
      draft.push(node);
  }
  return draft.finish();
}

function addResidual(draft: Draft, node: Node, uses: ReadonlyMap<string, number>): boolean {
  const names = node.inputs.map((name) => draft.resolve(name));
  const [a, b] = names.map((name) => draft.typeOf(name).shape);
  if (!sameShape(a, b) || names[0] === names[1]) return false;
  // The later of the two takes the other as its residual, so that nothing is computed before its inputs are.
  const layers = names
    .map((name, index) => ({ layer: draft.producer(name), residual: names[1 - index] }))
    .filter(({ layer }) => layer && takesResidual(draft, layer) && uses.get(layer.outputs[0]) === 1)
    .sort((x, y) => draft.nodes.indexOf(y.layer!) - draft.nodes.indexOf(x.layer!));
  if (layers.length === 0) return false;
  const { layer, residual } = layers[0] as { layer: Node; residual: string };
  const [source, filters, bias = ''] = layer.inputs;
  const { activation, alpha, beta } = node.attributes;
  draft.remove(layer);
  draft.push({
    ...layer,
    inputs: [source, filters, bias, residual],
    outputs: node.outputs,
    attributes: { ...layer.attributes, activation, alpha, beta },
  });
  return true;
}

function takesResidual(draft: Draft, node: Node): boolean {
  const { residualInput } = operatorOf(draft, node);
  return residualInput !== undefined && !node.inputs[residualInput] && !node.attributes.activation;
}

/** An activation whose input has no other reader is applied by the operator that computes that input. */
export function fuseActivations(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    const layer = node.op === 'activation' ? draft.producer(draft.resolve(node.inputs[0])) : undefined;
    const fits = layer && operatorOf(draft, layer).fusesActivation && !layer.attributes.activation;
    // A layer with further results stays before their readers.
    const moves = layer?.outputs.length === 1 || draft.nodes.at(-1) === layer;
    if (!fits || !moves || uses.get(layer.outputs[0]) !== 1) {
      draft.push(node);
      continue;
    }
    draft.remove(layer);
    const outputs = [...node.outputs, ...layer.outputs.slice(1)];
    draft.push({ ...layer, outputs, attributes: { ...layer.attributes, ...node.attributes } });
  }
  return draft.finish();
}
