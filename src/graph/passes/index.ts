// The passes in the order in which they are applied. Each is a function from a graph to one that computes the same.

import type { TypedGraph } from '../draft.js';
import { type Folding, foldConstants } from '../specialize.js';
import { expandComposites } from './composites.js';
import { flattenIntoWeights } from './flatten.js';
import { fuseActivations, fuseResiduals } from './fusion.js';
import { dropIdentities } from './identities.js';
import { foldPadding } from './padding.js';
import { foldScales } from './scales.js';
import { reshapeTrivialTransposes, sinkTransposes } from './transposes.js';

export type Pass = (graph: TypedGraph, folding: Folding) => TypedGraph;

/** All passes by name, in order. */
export const passes: readonly (readonly [name: string, pass: Pass])[] = [
  ['identities', dropIdentities],
  ['composites', expandComposites],
  ['transposes', sinkTransposes],
  ['padding', foldPadding],
  ['trivial transposes', reshapeTrivialTransposes],
  ['flatten', flattenIntoWeights],
  ['constants', foldConstants],
  ['scales', foldScales],
  ['residuals', fuseResiduals],
  ['activations', fuseActivations],
  ['folded constants', foldConstants],
  ['leftover identities', dropIdentities],
];

/** Names of the passes that can be left out: all but the one without which some operators have no kernels. */
export const optionalPasses: ReadonlySet<string> = new Set(
  passes.map(([name]) => name).filter((name) => name !== 'composites'),
);

/** Applies every pass that `without` doesn't name. */
export function applyPasses(graph: TypedGraph, folding: Folding, without: ReadonlySet<string> = new Set()): TypedGraph {
  return passes.reduce((current, [name, pass]) => (without.has(name) ? current : pass(current, folding)), graph);
}
