// The passes for networks that normalise before they convolve, and that join what they have computed so far again and
// again (DenseNet, ResNets with pre-activation).

import { scaleShift } from '../../ops/elementwise/scaleShift.js';
import { reduce } from '../../ops/reduction/reduce.js';
import { operatorOf } from '../dialect.js';
import type { Pass, TypedGraph } from '../graph.js';
import { nestConcats } from './concats.js';
import { foldInputScales } from './inputScales.js';
import { fuseScaleShifts } from './scaleShifts.js';

const isFor = (graph: TypedGraph) => graph.nodes.some((node) => operatorOf(graph, node).scalesChannels);

/** For front ends whose graphs may have batch norms. */
export const channels: readonly Pass[] = [
  { name: 'input scales', apply: foldInputScales, writes: { reduce }, isFor },
  { name: 'scale and shift', apply: fuseScaleShifts, writes: { scaleShift }, isFor },
  { name: 'concats', apply: nestConcats, isFor },
];
