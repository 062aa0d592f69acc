// Folds arithmetic on channels into the constant filters before it: batch norm, biases and constant factors.

import { countUses, Draft, type TypedGraph } from '../draft.js';
import type { Node } from '../graph.js';

export function foldScales(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    const folded = node.op === 'binary' && foldInto(draft, node, uses);
    if (!folded) draft.push(node);
  }
  return draft.finish();
}

/** Scales or shifts the filters that produce one operand of `node` by its other, constant one. */
function foldInto(draft: Draft, node: Node, uses: ReadonlyMap<string, number>): boolean {
  const { operation, activation } = node.attributes;
  const names = node.inputs.map((name) => draft.resolve(name));
  const swapped = draft.constants.has(names[0]) && (operation === 'add' || operation === 'mul');
  const [input, factor] = swapped ? [names[1], names[0]] : names;
  const layer = draft.producer(input);
  if (!layer || (layer.op !== 'conv' && layer.op !== 'matmul') || uses.get(input) !== 1) return false;
  const [source, filters, bias] = layer.inputs;
  if (layer.attributes.activation || layer.inputs[3] || !draft.constants.has(factor)) return false;
  if (!isKnown(draft, filters) || (bias && !isKnown(draft, bias))) return false;

  const channels = draft.typeOf(input).shape.at(-1) ?? 1;
  const { shape: filterShape } = draft.typeOf(filters);
  const { shape: factorShape } = draft.typeOf(factor);
  const size = factorShape.reduce((a, b) => a * b, 1);
  const perChannel = size === 1 || (size === channels && factorShape.at(-1) === channels);
  if (!perChannel || filterShape.length < 2 || factorShape.length > draft.typeOf(input).shape.length) return false;
  if (layer.op === 'matmul' && filterShape.length !== 2) return false;

  const apply = (op: string, inputs: string[], attributes: Node['attributes']) =>
    draft.apply(op, inputs, attributes, `${node.name}/folded`);
  const vector = size === 1 ? [1] : [channels];
  const amount = apply('reshape', [factor], { shape: vector });
  let [newFilters, newBias] = [filters, bias ?? ''];
  if (operation === 'mul' || operation === 'div') {
    const lastAxis = layer.op === 'matmul' && !layer.attributes.transposeB;
    const shape = lastAxis ? vector : [...vector, ...filterShape.slice(1).map(() => 1)];
    newFilters = apply('binary', [filters, apply('reshape', [amount], { shape })], { operation });
    if (bias) newBias = apply('binary', [bias, amount], { operation });
  } else if (operation === 'add' || operation === 'sub') {
    if (bias) newBias = apply('binary', [bias, amount], { operation });
    else if (size < channels) return false;
    else newBias = operation === 'add' ? amount : apply('unary', [amount], { operation: 'neg' });
  } else {
    return false;
  }
  draft.remove(layer);
  draft.push({
    ...layer,
    inputs: [source, newFilters, newBias],
    outputs: node.outputs,
    attributes: activation
      ? { ...layer.attributes, activation, alpha: node.attributes.alpha, beta: node.attributes.beta }
      : layer.attributes,
  });
  return true;
}

/** Whether `name` is a constant or will be one when constants are folded, as filters that were scaled before. */
function isKnown(draft: Draft, name: string): boolean {
  if (draft.constants.has(name)) return true;
  const inputs = draft.producer(name)?.inputs ?? [];
  return inputs.length > 0 && inputs.every((input) => input === '' || isKnown(draft, input));
}
