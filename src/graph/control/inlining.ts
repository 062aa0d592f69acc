// Subgraphs in the places of the nodes that hold them.

import type { Tensor } from '../../tensor.js';
import type { Node, Subgraph } from '../graph.js';

/** Nodes and constants as they come together. */
export class Inlining {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Tensor>();

  /** @param fresh a name for a value that no other has */
  constructor(private readonly fresh: (wish: string) => string) {}

  private name(wish: string): string {
    let name = this.fresh(wish);
    while (this.taken.has(name)) name = this.fresh(`${name}_`);
    this.taken.add(name);
    return name;
  }
  private readonly taken = new Set<string>();

  /**
   * Copies the nodes of `graph`, its values renamed.
   * @param prefix what names begin with
   * @param inputs what stands for its inputs
   * @returns what its outputs are called now
   */
  copy(graph: Subgraph, prefix: string, inputs: readonly string[]): readonly string[] {
    const renamed = new Map(graph.inputs.map((name, index) => [name, inputs[index]]));
    renamed.set('', '');
    const define = (name: string) => {
      if (name !== '' && !renamed.has(name)) renamed.set(name, this.name(`${prefix}/${name}`));
    };
    for (const [name, value] of graph.constants) {
      define(name);
      this.constants.set(renamed.get(name)!, value);
    }
    for (const node of graph.nodes) node.outputs.forEach(define);
    const rename = (name: string) => renamed.get(name)!;
    for (const node of graph.nodes) {
      this.nodes.push({
        ...node,
        name: `${prefix}/${node.name}`,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      });
    }
    return graph.outputs.map(rename);
  }

  /** Appends a node of one output; returns its name. */
  apply(op: string, inputs: readonly string[], attributes: Node['attributes'], wish: string): string {
    const output = this.name(wish);
    this.give(op, inputs, attributes, output);
    return output;
  }

  /** Appends a node whose output has this name already. */
  give(op: string, inputs: readonly string[], attributes: Node['attributes'], output: string): void {
    this.nodes.push({ name: output, op, inputs, outputs: [output], attributes });
  }

  constant(value: Tensor, wish: string): string {
    const name = this.name(wish);
    this.constants.set(name, value);
    return name;
  }
}

/** The name that copies of a node's subgraphs begin with: no other node has it. */
export function prefixOf({ name, outputs }: Node): string {
  return outputs.find((output) => output !== '') ?? name;
}
