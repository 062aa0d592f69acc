// Saved models, read at once: every operator is at hand.

import type { Graph } from '../../graph/graph.js';
import { inference } from '../../graph/inference.js';
import { readNetwork, writtenIn } from './model-graph.js';

/**
 * The graph of a .safetensors file that holds a network.
 * @throws QuadlaneError `FORMAT`, `UNSUPPORTED` as `readNetwork`, and for operators that this version lacks
 */
export function readModel(bytes: Uint8Array): Graph {
  return writtenIn(readNetwork(bytes), inference);
}
