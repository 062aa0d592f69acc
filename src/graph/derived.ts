// Constants that follow from others: computed where they are needed, which for weights is linear memory.

import { Deferred, type Tensor } from '../tensor.js';
import type { Dialect, Node, TypedGraph } from './graph.js';

/** What a node of one float32 output makes of constants. Reading `data` computes it; weights never ask for it. */
export class Derived extends Deferred<'float32'> {
  /**
   * @param dialect what the node is written in
   * @param sources the node's inputs, undefined where an optional one is absent
   * @param compute computes the value; called once, where somebody reads it
   */
  constructor(
    shape: readonly number[],
    readonly dialect: Dialect,
    readonly node: Node,
    readonly sources: readonly (Tensor | undefined)[],
    compute: () => Tensor,
  ) {
    super('float32', shape, () => compute().data);
  }
}

/** The graph that computes `wanted`, its outputs, from constants alone. */
export function derivation(wanted: readonly Derived[]): TypedGraph {
  const names = new Map<Tensor, string>();
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const nameOf = (tensor: Tensor): string => {
    const known = names.get(tensor);
    if (known !== undefined) return known;
    const inputs = tensor instanceof Derived && tensor.sources.map((source) => (source ? nameOf(source) : ''));
    const name = String(names.size);
    names.set(tensor, name);
    if (inputs) nodes.push({ ...tensor.node, inputs, outputs: [name] });
    else constants.set(name, tensor);
    return name;
  };
  const outputs = wanted.map(nameOf);
  const types = new Map([...names].map(([tensor, name]) => [name, tensor]));
  return { dialect: wanted[0].dialect, inputs: [], outputs, nodes, constants, types };
}
