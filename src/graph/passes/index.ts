// Which passes a graph has, and their application.

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

/** Applies every pass that is for such a graph and that `without` doesn't name. */
export function applyPasses(graph: TypedGraph, folding: Folding, without: ReadonlySet<string> = new Set()): TypedGraph {
  return passes(graph)
    .filter(({ name, isFor }) => !without.has(name) && (isFor?.(graph) ?? true))
    .reduce((current, pass) => pass.apply(current, folding), graph);
}
