// The passes in the order in which they are applied. Each is a function from a graph to one that computes the same.

import type { TypedGraph } from '../draft.js';
import { type Folding, foldConstants } from '../specialize.js';
import { expandComposites } from './composites.js';
import { fuseActivations, fuseResiduals } from './fusion.js';
import { dropIdentities } from './identities.js';
import { foldScales } from './scales.js';

export type Pass = (graph: TypedGraph, folding: Folding) => TypedGraph;
export type NamedPass = readonly [name: string, pass: Pass];

const before: readonly NamedPass[] = [
  ['identities', dropIdentities],
  ['composites', expandComposites],
];

/** Passes that front ends have brought, in the order in which they are applied: see the files of these names. */
const brought: Record<'padding' | 'layout' | 'flatten' | 'channels', readonly NamedPass[]> = {
  padding: [],
  layout: [],
  flatten: [],
  channels: [],
};

const folding: readonly NamedPass[] = [
  ['constants', foldConstants],
  ['scales', foldScales],
];

const after: readonly NamedPass[] = [
  ['residuals', fuseResiduals],
  ['activations', fuseActivations],
  ['folded constants', foldConstants],
  ['leftover identities', dropIdentities],
];

/**
 * All passes that there are now, in order.
 * @param normalizes whether they are for a graph that has a batch norm: what others become doesn't depend on whether such a
 * one was loaded before
 */
export function passes(normalizes = true): readonly NamedPass[] {
  return [
    ...before,
    ...brought.padding,
    ...brought.layout,
    ...brought.flatten,
    ...folding,
    ...(normalizes ? brought.channels : []),
    ...after,
  ];
}

/** Brings passes along, for front ends whose graphs they are for. */
export function usePasses(stage: keyof typeof brought, named: readonly NamedPass[]): void {
  brought[stage] = named;
}

/** Names of the passes that can be left out: all but the one without which some operators have no kernels. */
export function optionalPasses(): Set<string> {
  const names = passes().map(([name]) => name);
  return new Set(names.filter((name) => name !== 'composites'));
}

/** Applies every pass that `without` doesn't name. */
export function applyPasses(graph: TypedGraph, folding: Folding, without: ReadonlySet<string> = new Set()): TypedGraph {
  const wanted = passes(graph.nodes.some(({ op }) => op === 'batchNorm'));
  return wanted.reduce((current, [name, pass]) => (without.has(name) ? current : pass(current, folding)), graph);
}
