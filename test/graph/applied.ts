// Applies one compiler pass to a graph and checks that the result computes the same.
import { expect } from 'vitest';
import type { Graph, TypedGraph } from '../../src/graph/graph.js';
import { passOrder } from '../../src/graph/graph.js';
import { applyPasses, optionalPasses, passes } from '../../src/graph/passes/index.js';
import type { Tensor } from '../../src/tensor.js';
import { expectClose, foldingFor, runWatched, specialized } from '../ops/check.js';

/** Every pass but these. */
export const allBut = (names: readonly string[]): Set<string> =>
  new Set(passOrder.filter((name) => !names.includes(name)));

/**
 * The graph after the passes named, in their order, and nothing else. Run on `inputs` it must give what the graph
 * without optional passes gives, within `roundings` of max(1, |value|).
 */
export function applied(
  names: readonly string[],
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  roundings = 0,
): TypedGraph {
  const folding = foldingFor(graph);
  const typed = specialized(graph, inputs);
  const named = passes(graph).filter(({ name }) => names.includes(name));
  const result = named.reduce((current, pass) => pass.apply(current, folding), typed);
  const before = runWatched(applyPasses(typed, folding, optionalPasses), inputs, 'strict');
  const after = runWatched(applyPasses(result, folding, allBut(['composites'])), inputs, 'strict');
  expect(after.length).toBe(before.length);
  before.forEach(({ shape, data }, index) => {
    const values = Array.from<number | bigint>(data).map(Number);
    expectClose(after[index], {
      shape,
      values,
      magnitude: values.map((value) => Math.max(1, Math.abs(value))),
      roundings,
    });
  });
  return result;
}

/** Names of the operators, in order; element-wise ones by what they do. */
export function operatorsOf({ nodes }: Pick<Graph, 'nodes'>): string[] {
  return nodes.map(({ op, attributes }) => {
    const fused = op !== 'activation' && attributes.activation ? ` ${attributes.activation}` : '';
    return `${attributes.operation ?? op}${fused}`;
  });
}
