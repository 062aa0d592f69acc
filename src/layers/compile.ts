// From a built network to a model that runs.

import { compileGraph, compileGraphAsync, type LoadOptions } from '../load.js';
import type { Model } from '../model.js';
import type { Network } from './network.js';

/** Of `loadModel`'s options, those that have to do with a network at hand. */
export type CompileOptions = Pick<LoadOptions, 'threads' | 'deterministic' | 'limits' | 'withoutPasses' | 'wasm'>;

/**
 * Compiles a network; its batch stays open, and each run decides it.
 * @throws QuadlaneError `MEMORY`, `LIMIT`, `HOST`
 */
export function compile(network: Network, options: CompileOptions = {}): Promise<Model> {
  return compileGraphAsync(network.graph, options);
}

/** Like `compile`, at once and on one thread. Call `await ready()` once before on hosts that fetch the binary (browsers). */
export function compileSync(network: Network, options: CompileOptions = {}): Model {
  return compileGraph(network.graph, options);
}
