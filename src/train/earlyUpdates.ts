// When variables are updated within a step: each as soon as nothing reads it any more, so that its gradient is still in
// the cache and needs memory no longer.

import { operatorOf } from '../graph/dialect.js';
import type { Node, TypedGraph } from '../graph/graph.js';

/**
 * `graph` with the nodes from the first on that replaces a variable as early as they may stand.
 * @param replaced the variable that each value replaces in its place
 * @param before values that must be there before any variable changes
 */
export function updateEarly(
  graph: TypedGraph,
  replaced: ReadonlyMap<string, string>,
  before: readonly string[],
): TypedGraph {
  const { nodes } = graph;
  const first = nodes.findIndex(({ outputs }) => outputs.some((name) => replaced.has(name)));
  if (first < 0) return graph;
  const writers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const readers = readersOf(graph);
  const waiting = new Map<Node, Set<Node>>();
  const followers = new Map<Node, Node[]>();
  for (const node of nodes.slice(first)) {
    const others = node.outputs.flatMap((name) =>
      replaced.has(name) ? [...(readers.get(replaced.get(name)!) ?? [])] : [],
    );
    const values = [...node.inputs, ...(node.outputs.some((name) => replaced.has(name)) ? before : [])];
    const awaited = new Set([...others, ...values.flatMap((name) => writers.get(name) ?? [])]);
    awaited.delete(node);
    waiting.set(node, awaited);
    for (const other of awaited) followers.set(other, [...(followers.get(other) ?? []), node]);
  }
  const ordered: Node[] = [];
  const place = (node: Node): void => {
    ordered.push(node);
    for (const follower of followers.get(node) ?? []) {
      const awaited = waiting.get(follower)!;
      awaited.delete(node);
      if (awaited.size === 0) place(follower);
    }
  };
  const ready = nodes.slice(first).filter((node) => waiting.get(node)!.size === 0);
  for (const node of nodes.slice(0, first)) place(node);
  for (const node of ready) place(node);
  return { ...graph, nodes: ordered };
}

/** The nodes that read each input of `graph` from its place, or what lies there as well: it in another shape, parts of it. */
function readersOf(graph: TypedGraph): ReadonlyMap<string, ReadonlySet<Node>> {
  const sources = new Map(graph.inputs.map(({ name }) => [name, name] as const));
  const readers = new Map(graph.inputs.map(({ name }) => [name, new Set<Node>()] as const));
  for (const node of graph.nodes) {
    const { reshapes, parts } = operatorOf(graph, node);
    for (const [index, name] of node.inputs.entries()) {
      const source = sources.get(name);
      if (source === undefined) continue;
      readers.get(source)!.add(node);
      if (index === 0 && (reshapes || parts)) for (const output of node.outputs) sources.set(output, source);
    }
  }
  return readers;
}
