// Which passes a graph has, and their application.

import { atOnce, type Work } from '../../work.js';
import { type Folding, type Graph, type Pass, passOrder, type TypedGraph } from '../graph.js';
import { constants, foldedConstants } from '../specialize.js';
import { composites } from './composites.js';
import { activations, residuals } from './fusion.js';
import { identities, leftoverIdentities } from './identities.js';
import { scales } from './scales.js';

/** Passes that every graph has. */
const own: readonly Pass[] = [
  identities,
  composites,
  constants,
  scales,
  residuals,
  activations,
  foldedConstants,
  leftoverIdentities,
];

/** Names of the passes that can be left out: all but the one without which some operators have no kernels. */
export const optionalPasses: ReadonlySet<string> = new Set(passOrder.filter((name) => name !== composites.name));

/** The passes for graphs of this dialect, in order. */
export function passes({ dialect }: Pick<Graph, 'dialect'>): readonly Pass[] {
  const known = new Map([...own, ...dialect.passes].map((pass) => [pass.name, pass]));
  return passOrder.flatMap((name) => known.get(name) ?? []);
}

/** Applies every pass that is for such a graph and that `without` doesn't name, one after the other. */
export function* passing(
  graph: TypedGraph,
  folding: Folding,
  without: ReadonlySet<string> = new Set(),
): Work<TypedGraph> {
  let current = graph;
  for (const { name, isFor, apply } of passes(graph)) {
    if (without.has(name) || !(isFor?.(graph) ?? true)) continue;
    yield;
    current = apply(current, folding);
  }
  return current;
}

/** `passing`, at once. */
export function applyPasses(graph: TypedGraph, folding: Folding, without?: ReadonlySet<string>): TypedGraph {
  return atOnce(passing(graph, folding, without));
}
