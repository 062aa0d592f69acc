// The comparison as a whole: runs the tasks, prints what they find as it comes, keeps it for the report.

import { existsSync } from 'node:fs';
import { formatNumber, formatTime, markDisturbed } from '../format.js';
import { geometricMean } from '../measure.js';
import { printTable, style } from '../table.js';
import { isFailure, runTask } from './child.js';
import type { LibraryName, PeerName } from './contestant.js';
import type { DuelResult } from './duel.js';
import { networkFormats } from './export.js';
import { type LayerFamily, type LayerResult, layerFamilies } from './layers.js';
import { modelFile } from './models.js';
import { findNetwork, networks } from './networks.js';
import type { Options } from './options.js';
import type { Footprint } from './tasks.js';

/** Results by the peer's name; one that failed or can't run the network is missing. */
export type ByPeer<Result> = Readonly<Partial<Record<PeerName, Result>>>;

export interface NetworkResult {
  readonly network: string;
  readonly threads: number;
  readonly duels: ByPeer<DuelResult>;
  readonly footprints: Readonly<Partial<Record<LibraryName, Footprint>>>;
}

export interface LayerRow {
  readonly family: LayerFamily;
  readonly layer: string;
  readonly duels: ByPeer<LayerResult>;
}

export interface SmallResult {
  readonly name: string;
  readonly duels: ByPeer<DuelResult>;
}

export interface Results {
  readonly networks: NetworkResult[];
  readonly small: SmallResult[];
  readonly layers: LayerRow[];
  /** What went wrong, outputs that differ first of all. */
  readonly failures: string[];
  /** What wasn't compared, and why. */
  readonly skipped: string[];
}

/** The network whose threads are asked for before any is compared with more than one. */
const PROBE = 'lenet5';

export class Comparison {
  readonly results: Results = { networks: [], small: [], layers: [], failures: [], skipped: [] };

  constructor(private readonly options: Options) {}

  /** Whole networks; with several threads only against peers that have them on Node. */
  compareNetworks(threads: number): void {
    const peers = this.options.peers.filter((peer) => threads === 1 || peer === 'onnxruntime-web');
    if (this.options.networks.length === 0 || peers.length === 0 || !this.hasThreads(threads)) return;
    console.log(style('bold', `Networks, batch 1, ${threads} thread${threads > 1 ? 's' : ''}`));
    for (const network of this.options.networks) {
      const able = peers.filter((peer) => findNetwork(network).peers.includes(peer));
      const duels = this.duelsOn(network, able, threads);
      const footprints = threads === 1 ? this.footprintsOn(network, ['quadlane', ...able]) : {};
      this.results.networks.push({ network, threads, duels, footprints });
    }
    for (const peer of peers) {
      const of = this.results.networks.filter((row) => row.threads === threads && row.network in networks);
      const ratios = of.flatMap(({ duels }) => duels[peer]?.ratio ?? []);
      if (ratios.length > 1)
        console.log(style('bold', `geometric mean against ${peer}: ${formatNumber(geometricMean(ratios))} x`));
    }
    console.log();
  }

  /** Calls of the smallest networks. */
  compareSmall(): void {
    console.log(style('bold', 'Small networks'));
    const { peers, quick } = this.options;
    this.results.small.push({ name: 'LeNet-5', duels: this.duelsOn('lenet5', peers, 1) });
    const duels = this.byPeer('one step', peers, (peer) => runTask('duelOnOneStep', { peer, quick }));
    this.results.small.push({ name: 'one step (ReLU of 4 numbers)', duels });
    console.log();
  }

  /** Single layers. */
  compareLayers(): void {
    const { peers, quick } = this.options;
    for (const family of layerFamilies) {
      const rows = new Map<string, Partial<Record<PeerName, LayerResult>>>();
      for (const peer of peers) {
        const outcomes = this.checked(family, peer, runTask('duelOnLayers', { family, peer, quick }));
        for (const outcome of outcomes ?? []) {
          const result = this.checked(outcome.layer, peer, outcome);
          if (result) rows.set(outcome.layer, { ...rows.get(outcome.layer), [peer]: result });
        }
      }
      for (const [layer, duels] of rows) this.results.layers.push({ family, layer, duels });
      printLayers(family, peers, rows);
    }
  }

  private hasThreads(threads: number): boolean {
    if (threads === 1) return true;
    this.exportOnce(PROBE, ['quadlane']);
    const info = this.checked('threads', 'quadlane', runTask('threads', { network: PROBE, threads }));
    if (info && info.threads < threads) {
      this.results.skipped.push(`${threads} threads: ${info.threadsReason ?? `quadlane has ${info.threads}`}`);
      console.log(`skipped ${this.results.skipped.at(-1)}\n`);
    }
    return info?.threads === threads;
  }

  private duelsOn(network: string, peers: readonly PeerName[], threads: number): ByPeer<DuelResult> {
    this.exportOnce(network, ['quadlane', ...peers]);
    const { quick } = this.options;
    return this.byPeer(network, peers, (peer) => runTask('duelOnNetwork', { network, peer, threads, quick }));
  }

  /** Duels one after the other, each printed. */
  private byPeer(
    name: string,
    peers: readonly PeerName[],
    run: (peer: PeerName) => ReturnType<typeof runTask<'duelOnNetwork'>>,
  ): ByPeer<DuelResult> {
    const duels: Partial<Record<PeerName, DuelResult>> = {};
    for (const peer of peers) {
      const result = this.checked(name, peer, run(peer));
      if (!result) continue;
      duels[peer] = result;
      const times = `quadlane ${formatTime(result.quadlane)}  ${peer} ${formatTime(result.peer)}`;
      console.log(`${markDisturbed(name, result.disturbed).padEnd(24)}${times}  ${formatNumber(result.ratio)} x`);
    }
    return duels;
  }

  private footprintsOn(network: string, names: readonly LibraryName[]): Partial<Record<LibraryName, Footprint>> {
    const footprints: Partial<Record<LibraryName, Footprint>> = {};
    for (const library of names) {
      const footprint = this.checked(network, library, runTask('footprint', { network, library }));
      if (footprint) footprints[library] = footprint;
    }
    return footprints;
  }

  /** Makes the files of a network that aren't there. */
  private exportOnce(network: string, names: readonly LibraryName[]): void {
    for (const format of new Set(names.map((name) => networkFormats[name]))) {
      if (existsSync(modelFile(network, format))) continue;
      this.checked(network, format, runTask('exportNetwork', { network, format }));
    }
  }

  /** The result, or nothing after noting what failed. */
  private checked<Outcome extends object | null>(
    name: string,
    part: string,
    outcome: Outcome,
  ): Exclude<Outcome, { failure: string }> | undefined {
    if (!isFailure(outcome)) return outcome as Exclude<Outcome, { failure: string }>;
    this.results.failures.push(`${name}, ${part}: ${outcome.failure}`);
    console.log(style('red', `${name}, ${part}: ${outcome.failure}`));
    return undefined;
  }
}

function printLayers(family: string, peers: readonly PeerName[], rows: ReadonlyMap<string, ByPeer<LayerResult>>): void {
  console.log(`\n${style('bold', family)}`);
  printTable(
    ['layer', 'quadlane', 'Gop/s', 'of peak', ...peers.flatMap((peer) => [peer, 'ratio'])],
    [...rows].map(([layer, duels]) => {
      const [first] = Object.values(duels);
      const share = family === 'pool' ? '' : `${(100 * first.shareOfPeak).toFixed(0)} %`;
      const cells = peers.flatMap((peer) => {
        const duel = duels[peer];
        return duel ? [formatTime(duel.peer), `${formatNumber(duel.ratio)} x`] : ['-', '-'];
      });
      const disturbed = Object.values(duels).some((duel) => duel.disturbed);
      return [
        markDisturbed(layer, disturbed),
        formatTime(first.quadlane),
        formatNumber(first.rate / 1e9),
        share,
        ...cells,
      ];
    }),
  );
}
