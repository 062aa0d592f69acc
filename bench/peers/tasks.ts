// What a child process of npm run bench:peers does: one task, named with its parameters as JSON in the first argument.
// The result goes as JSON to the file that the second argument names: libraries print what they like.

import { readFileSync, writeFileSync } from 'node:fs';
import { platform } from '#platform';
import { hasRelaxedSimd } from '../../src/runtime/features.js';
import { layersOf } from '../layers.js';
import { quick as quickEffort } from '../measure.js';
import type { Contestant, LibraryName, PeerName, Setup } from './contestant.js';
import { type DuelResult, duel, thorough } from './duel.js';
import { exportNetwork, type NetworkFormat, networkFormats } from './export.js';
import { duelOnLayer, duelOnOneStep, type LayerFamily, type LayerResult } from './layers.js';
import { libraries } from './libraries.js';
import { modelFile } from './models.js';
import { findNetwork } from './networks.js';
import { randomInput } from './random.js';

/** What a library takes on a network, in a process of its own. */
export interface Footprint {
  /** Seconds from before the import to a network ready to run, its file at hand. */
  readonly load: number;
  /** Seconds of the first run. */
  readonly first: number;
  /** Bytes by which the import, the network and its first runs make resident memory grow. */
  readonly memory: number;
}

/** Why there is no result. */
export interface Failure {
  readonly failure: string;
}

/** Tasks by name: parameters, and what comes of them. */
export interface Tasks {
  exportNetwork(parameters: { network: string; format: NetworkFormat }): Promise<null>;
  duelOnNetwork(parameters: { network: string; peer: PeerName; threads: number; quick: boolean }): Promise<DuelResult>;
  duelOnLayers(parameters: { family: LayerFamily; peer: PeerName; quick: boolean }): Promise<LayerOutcome[]>;
  duelOnOneStep(parameters: { peer: PeerName; quick: boolean }): Promise<DuelResult>;
  footprint(parameters: { network: string; library: LibraryName }): Promise<Footprint>;
  threads(parameters: { network: string; threads: number }): Promise<Pick<Contestant, 'threads' | 'threadsReason'>>;
}

/** A layer's result, or why there is none. */
export type LayerOutcome = LayerResult | ({ readonly layer: string } & Failure);

const RUNS_BEFORE_MEMORY = 3;

const compileBinary = () => platform.compile(hasRelaxedSimd() ? 'relaxed' : 'strict');

const tasks: Tasks = {
  async exportNetwork({ network, format }) {
    writeFileSync(modelFile(network, format), exportNetwork(findNetwork(network), format, await compileBinary()));
    return null;
  },

  async duelOnNetwork({ network, peer, threads, quick }) {
    const [ours, theirs] = [await contestant(network, 'quadlane', threads), await contestant(network, peer, threads)];
    return duel(ours, theirs, quick ? quickEffort : thorough);
  },

  async duelOnLayers({ family, peer, quick }) {
    const module = await compileBinary();
    const results: LayerOutcome[] = [];
    for (const layer of layersOf(family)) {
      const result = duelOnLayer(layer, peer, libraries, module, quick ? quickEffort : undefined);
      results.push(await result.catch((error) => ({ layer: layer.label, failure: String(error) })));
    }
    return results;
  },

  async duelOnOneStep({ peer, quick }) {
    return duelOnOneStep(peer, libraries, await compileBinary(), quick ? quickEffort : undefined);
  },

  async footprint({ network, library }) {
    const file = readFileSync(modelFile(network, networkFormats[library]));
    const setup = setupOf(network, library, 1);
    const before = residentBytes();
    const start = performance.now();
    const load = await libraries[library]();
    const loaded = await load(file, setup);
    const ready = performance.now();
    await loaded.run();
    const done = performance.now();
    for (let run = 0; run < RUNS_BEFORE_MEMORY; run++) await loaded.run();
    return { load: (ready - start) / 1e3, first: (done - ready) / 1e3, memory: residentBytes() - before };
  },

  async threads({ network, threads: wanted }) {
    const { threads, threadsReason } = await contestant(network, 'quadlane', wanted);
    return { threads, threadsReason };
  },
};

function setupOf(network: string, library: LibraryName, threads: number): Setup {
  const input = randomInput([1, ...findNetwork(network).input]);
  return { input, channelsFirst: networkFormats[library] === 'onnx', threads, resident: false };
}

async function contestant(network: string, library: LibraryName, threads: number): Promise<Contestant> {
  const load = await libraries[library]();
  return load(readFileSync(modelFile(network, networkFormats[library])), setupOf(network, library, threads));
}

/** Resident memory after what can be collected was. */
function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

const [task, result] = process.argv.slice(2);
const { name, parameters } = JSON.parse(task) as { name: keyof Tasks; parameters: never };
const outcome = await tasks[name](parameters).catch((error): Failure => ({ failure: String(error) }));
writeFileSync(result, JSON.stringify(outcome));
// Threads of the libraries would keep the process.
process.exit();
