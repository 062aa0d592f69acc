// What is known of the shapes in a graph whose sizes are open.

import type { PartialShape } from '../ops/operator.js';
import { operatorOf } from './dialect.js';
import type { Graph, Node } from './graph.js';

/** What follows for the shapes of a node's outputs, one entry each. */
export function inferPartialShapes(
  graph: Pick<Graph, 'dialect'>,
  node: Node,
  inputs: readonly (PartialShape | undefined)[],
): readonly (PartialShape | undefined)[] {
  const has = (index: number) => (node.inputs[index] ?? '') !== '';
  const { partialShapes } = operatorOf(graph, node);
  const known = partialShapes?.(inputs, node.attributes, { has, outputs: node.outputs.length });
  return node.outputs.map((_, index) => known?.[index]);
}
