// From a built network to a model that runs.

import { QuadlaneError } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import { type CompileOptions, compileGraph, compileGraphAsync, compileOptions } from '../model/load.js';
import type { Model } from '../model/model.js';
import { checkOptions } from '../options.js';
import { shown } from '../printable.js';
import type { Network } from './network.js';

export type { CompileOptions };

/**
 * Compiles a network; its batch stays open, and each run decides it.
 * @throws QuadlaneError `ARGUMENT` for anything but a network, `MEMORY`, `LIMIT`, `HOST`
 */
export async function compile<Output extends string>(
  network: Network<Output>,
  options: CompileOptions = {},
): Promise<Model<Output>> {
  return compileGraphAsync(graphOf(network), checkOptions('compile()', options, compileOptions));
}

/** Like `compile`, at once and on one thread. Call `await ready()` once before on hosts that fetch the binary (browsers). */
export function compileSync<Output extends string>(
  network: Network<Output>,
  options: CompileOptions = {},
): Model<Output> {
  return compileGraph(graphOf(network), checkOptions('compileSync()', options, compileOptions));
}

function graphOf<Output extends string>(network: Network<Output>): Graph<Output> {
  const graph = (network as Network<Output> | undefined)?.graph;
  if (graph) return graph;
  throw new QuadlaneError(
    'ARGUMENT',
    `compile() and compileSync() take a network, the result of model() or sequential(); got ${shown(network)}`,
  );
}
