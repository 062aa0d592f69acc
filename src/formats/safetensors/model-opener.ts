// Saved models, opened: what few models need is loaded for those that do.

import { arrived } from '../../errors.js';
import { classification } from '../../graph/classification.js';
import type { Graph } from '../../graph/graph.js';
import { readNetwork, unknownOperators, writtenIn } from './model-graph.js';

/** Like `readModel`, but loads what the model needs; call what it resolves to for the graph. */
export async function openModel(bytes: Uint8Array): Promise<() => Graph> {
  const network = readNetwork(bytes);
  const isCommon = unknownOperators(network, classification).length === 0;
  const graph = writtenIn(
    network,
    isCommon ? classification : (await arrived(import('../../graph/inference.js'))).inference,
  );
  return () => graph;
}
