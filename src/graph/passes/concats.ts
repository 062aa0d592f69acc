// Concatenations that begin with all that an earlier one joined take its result instead of its parts, so that the
// features of a dense block lie in memory once: each shorter concatenation is the front of the next longer one.

import { GraphBuilder } from '../builder.js';
import type { Node, TypedGraph } from '../graph.js';

export function nestConcats(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  /** Results by what was joined, and along which axis. */
  const joined = new Map<string, string>();
  const key = (axis: unknown, names: readonly string[]) => `${axis} ${names.join()}`;
  for (const node of graph.nodes) {
    if (node.op !== 'concat') {
      builder.push(node);
      continue;
    }
    const { axis } = node.attributes;
    const names = node.inputs.map((name) => builder.resolve(name));
    let front = names.length;
    while (front > 1 && !joined.has(key(axis, names.slice(0, front)))) front--;
    const shorter = front > 1 ? joined.get(key(axis, names.slice(0, front))) : undefined;
    if (shorter && front === names.length) {
      builder.replace(node.outputs[0], shorter);
      continue;
    }
    const nested: Node = shorter ? { ...node, inputs: [shorter, ...names.slice(front)] } : node;
    builder.push(nested);
    joined.set(key(axis, names), node.outputs[0]);
  }
  return builder.finish();
}
