// Lets an operator do what stands behind it before it stores its result: add a residual, apply an activation.

import { sameShape } from '../../shape.js';
import { countUses, GraphBuilder } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

export const residuals: Pass = { name: 'residuals', apply: fuseResiduals };

export const activations: Pass = { name: 'activations', apply: fuseActivations };

/** `binary add` of two results of one shape becomes the residual input of the operator that computes one of them. */
export function fuseResiduals(graph: TypedGraph): TypedGraph {
  if (!graph.nodes.some(({ op }) => op === 'binary')) return graph;
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    if (node.op !== 'binary' || node.attributes.operation !== 'add' || !addResidual(builder, node, uses))
      builder.push(node);
  }
  return builder.finish();
}

function addResidual(builder: GraphBuilder, node: Node, uses: ReadonlyMap<string, number>): boolean {
  const names = node.inputs.map((name) => builder.resolve(name));
  const [a, b] = names.map((name) => builder.typeOf(name).shape);
  if (!sameShape(a, b) || names[0] === names[1]) return false;
  // The later of the two takes the other as its residual, so that nothing is computed before its inputs are.
  const layers = names
    .map((name, index) => ({ layer: builder.producer(name), residual: names[1 - index] }))
    .filter(({ layer }) => layer && takesResidual(builder, layer) && uses.get(layer.outputs[0]) === 1)
    .sort((x, y) => builder.nodes.indexOf(y.layer!) - builder.nodes.indexOf(x.layer!));
  if (layers.length === 0) return false;
  const { layer, residual } = layers[0] as { layer: Node; residual: string };
  const [source, filters, bias = ''] = layer.inputs;
  const { activation, alpha, beta } = node.attributes;
  builder.remove(layer);
  builder.push({
    ...layer,
    inputs: [source, filters, bias, residual],
    outputs: node.outputs,
    attributes: { ...layer.attributes, activation, alpha, beta },
  });
  return true;
}

function takesResidual(builder: GraphBuilder, node: Node): boolean {
  const { residualInput } = operatorOf(builder, node);
  return residualInput !== undefined && !node.inputs[residualInput] && !node.attributes.activation;
}

/** An activation whose input has no other reader is applied by the operator that computes that input. */
export function fuseActivations(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const layer = node.op === 'activation' ? builder.producer(builder.resolve(node.inputs[0])) : undefined;
    const fits = layer && operatorOf(builder, layer).fusesActivation && !layer.attributes.activation;
    // A layer with further results stays before their readers.
    const moves = layer?.outputs.length === 1 || builder.nodes.at(-1) === layer;
    if (!fits || !moves || uses.get(layer.outputs[0]) !== 1) {
      builder.push(node);
      continue;
    }
    builder.remove(layer);
    const outputs = [...node.outputs, ...layer.outputs.slice(1)];
    builder.push({ ...layer, outputs, attributes: { ...layer.attributes, ...node.attributes } });
  }
  return builder.finish();
}
