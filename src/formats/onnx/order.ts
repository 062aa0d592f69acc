// The order of a graph's nodes: every value written once, and before it is read.

import { QuadlaneError } from '../../errors.js';
import type { GraphProto, NodeProto } from './proto.js';

const MOST_NAMES = 8;

/** A node of the file with the name that errors and profiles call it. */
export interface NamedNode {
  readonly name: string;
  readonly proto: NodeProto;
}

/** What the branches and bodies of a node read from outside. */
export function capturedBy({ attributes }: NodeProto): readonly string[] {
  if (attributes.size === 0) return [];
  const graphs = [...attributes.values()].flatMap((attribute) => attribute.graphs);
  return graphs.length === 0 ? [] : [...new Set(graphs.flatMap(outsideOf))];
}

/** What a branch or body reads from outside. */
export function outsideOf({ nodes, inputs, outputs, initializers, sparseInitializers }: GraphProto): string[] {
  const own = new Set(['', ...sparseInitializers, ...[...inputs, ...initializers].map(({ name }) => name)]);
  for (const node of nodes) for (const name of node.outputs) own.add(name);
  const read = nodes.flatMap((node) => [...node.inputs, ...capturedBy(node)]);
  return [...read, ...outputs.map(({ name }) => name)].filter((name) => !own.has(name));
}

/**
 * `nodes` in an order in which every value is written before it is read; the file's own order where that is one.
 * @param given values that are there from the start
 * @throws QuadlaneError `FORMAT` for values written twice, never, or in a circle
 */
export function executionOrder(nodes: readonly NamedNode[], given: ReadonlySet<string>): readonly NamedNode[] {
  const writers = writersOf(nodes, given);
  const waiting = new Map<NamedNode, number>();
  const readers = new Map<NamedNode, NamedNode[]>();
  const written = new Set<string>(given);
  let isOrdered = true;
  for (const node of nodes) {
    let count = 0;
    for (const value of [...node.proto.inputs, ...capturedBy(node.proto)]) {
      if (!value || given.has(value)) continue;
      const writer = writers.get(value);
      if (!writer) {
        throw damaged(
          `${label(node)} reads "${value}", which no input, initializer or node of the file provides`,
          node,
        );
      }
      isOrdered &&= written.has(value);
      count++;
      const list = readers.get(writer);
      if (list) list.push(node);
      else readers.set(writer, [node]);
    }
    for (const value of node.proto.outputs) written.add(value);
    waiting.set(node, count);
  }
  if (isOrdered) return nodes;

  const ordered = nodes.filter((node) => waiting.get(node) === 0);
  for (let next = 0; next < ordered.length; next++) {
    for (const reader of readers.get(ordered[next]) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ordered.push(reader);
    }
  }
  if (ordered.length < nodes.length) {
    const stuck = nodes.filter((node) => waiting.get(node)! > 0);
    const names = stuck.slice(0, MOST_NAMES).map(label).join(', ');
    const more = stuck.length > MOST_NAMES ? ` and ${stuck.length - MOST_NAMES} more` : '';
    throw damaged(`nodes wait for each other in a circle: ${names}${more}`, stuck[0]);
  }
  return ordered;
}

function writersOf(nodes: readonly NamedNode[], given: ReadonlySet<string>): Map<string, NamedNode> {
  const writers = new Map<string, NamedNode>();
  for (const node of nodes) {
    for (const value of node.proto.outputs) {
      if (!value) continue;
      const other = writers.get(value);
      if (other || given.has(value)) {
        const first = other ? label(other) : 'an input or initializer';
        throw damaged(`"${value}" is written twice: by ${first} and by ${label(node)}`, node);
      }
      writers.set(value, node);
    }
  }
  return writers;
}

function label(node: NamedNode): string {
  return `"${node.name}" (${node.proto.opType})`;
}

function damaged(what: string, node: NamedNode): QuadlaneError {
  return new QuadlaneError('FORMAT', `the ONNX file is not a sound graph: ${what}; export it again`, {
    node: node.name,
    operator: node.proto.opType,
  });
}
