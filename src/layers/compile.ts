// From a built network to a model that runs.

import { QuadlaneError } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import { compileGraph, compileGraphAsync, type LoadOptions } from '../model/load.js';
import type { Model } from '../model/model.js';
import { shown } from './checks.js';
import type { Network } from './network.js';

/** Of `loadModel`'s options, those that have to do with a network at hand. */
export type CompileOptions = Pick<LoadOptions, 'threads' | 'deterministic' | 'limits' | 'withoutPasses' | 'wasm'>;

/**
 * Compiles a network; its batch stays open, and each run decides it.
 * @throws QuadlaneError `ARGUMENT` for anything but a network, `MEMORY`, `LIMIT`, `HOST`
 */
export async function compile(network: Network, options: CompileOptions = {}): Promise<Model> {
  return compileGraphAsync(graphOf(network), options);
}

/** Like `compile`, at once and on one thread. Call `await ready()` once before on hosts that fetch the binary (browsers). */
export function compileSync(network: Network, options: CompileOptions = {}): Model {
  return compileGraph(graphOf(network), options);
}

function graphOf(network: Network): Graph {
  const graph = (network as Network | undefined)?.graph;
  if (graph) return graph;
  throw new QuadlaneError(
    'ARGUMENT',
    `compile() and compileSync() take a network, the result of model() or sequential(); got ${shown(network)}`,
  );
}
