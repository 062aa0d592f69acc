// Constants that follow from others: computed where they are needed, which for weights is linear memory.

import { Deferred, type Tensor, type TensorType } from '../tensor.js';
import type { Dialect, Node, TypedGraph } from './graph.js';

/** What a node whose one output holds floats makes of constants. Reading `data` computes it; weights never ask for it. */
export class Derived extends Deferred {
  /**
   * @param type that of the output
   * @param dialect what the node is written in
   * @param sources the node's inputs, undefined where an optional one is absent
   * @param compute computes the value; called once, where somebody reads it
   */
  constructor(
    type: TensorType,
    readonly dialect: Dialect,
    readonly node: Node,
    readonly sources: readonly (Tensor | undefined)[],
    compute: () => Tensor,
  ) {
    super(type.dtype, type.shape, () => {
      for (const source of sourcesFirst([this])) if (source !== this && source instanceof Derived) source.data;
      return compute().data;
    });
  }
}

/** What constants follow from, themselves among it, each behind its sources. The walk is as deep as memory, not as a stack. */
function sourcesFirst(wanted: readonly Derived[]): Iterable<Tensor | Derived> {
  const ordered = new Set<Tensor | Derived>();
  const stack: (Tensor | Derived)[] = [...wanted].reverse();
  while (stack.length > 0) {
    const tensor = stack.at(-1)!;
    const sources = tensor instanceof Derived ? tensor.sources : [];
    const missing = sources.filter((source): source is Tensor => source !== undefined && !ordered.has(source));
    if (missing.length > 0 && !ordered.has(tensor)) {
      stack.push(...missing.reverse());
    } else {
      ordered.add(tensor);
      stack.pop();
    }
  }
  return ordered;
}

/** The graph that computes `wanted`, its outputs, from constants alone. */
export function derivation(wanted: readonly Derived[]): TypedGraph {
  const names = new Map<Tensor | Derived, string>();
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const nameOf = (tensor: Tensor | Derived | undefined): string => (tensor ? names.get(tensor)! : '');
  for (const tensor of sourcesFirst(wanted)) {
    const name = String(names.size);
    names.set(tensor, name);
    if (tensor instanceof Derived) nodes.push({ ...tensor.node, inputs: tensor.sources.map(nameOf), outputs: [name] });
    else constants.set(name, tensor);
  }
  const outputs = wanted.map(nameOf);
  const types = new Map([...names].map(([tensor, name]) => [name, tensor]));
  return { dialect: wanted[0].dialect, inputs: [], outputs, nodes, constants, types };
}
