// The results as a page of Markdown.

import { DISTURBED, formatNumber, formatTime, markDisturbed } from '../format.js';
import { geometricMean } from '../measure.js';
import type { ByPeer, LayerRow, NetworkResult, Results, SmallResult } from './comparison.js';
import { libraryNames, type PeerName } from './contestant.js';
import { type DuelResult, TOLERANCE } from './duel.js';
import { layerFamilies } from './layers.js';
import type { Machine } from './machine.js';
import type { Options } from './options.js';

const familyTitles = {
  gemm: 'Matrix products with bias',
  pointwise: '1x1 convolutions with bias and ReLU',
  conv: 'Convolutions with bias and ReLU',
  depthwise: 'Depthwise convolutions with bias and ReLU6',
  pool: 'Pools',
} as const;

/** The page. */
export function writeMarkdown(results: Results, machine: Machine, { peers, quick, threads }: Options): string {
  const { networks, small, layers, failures, skipped } = results;
  const parts = [
    '# quadlane and its peers',
    `Measured ${machine.date} with \`npm run bench:peers\`${quick ? ' (quick)' : ''}: ${machine.engine} on ${machine.cpu}, ${machine.cores} cores; ${machine.versions.join(', ')}.`,
    METHOD,
  ];
  for (const count of threads) {
    const rows = networks.filter((row) => row.threads === count);
    const compared = peers.filter((peer) => rows.some(({ duels }) => duels[peer]));
    if (rows.length === 0) continue;
    parts.push(`## Networks, batch 1, ${count} thread${count > 1 ? 's' : ''}`, networkTable(rows, compared));
    if (rows.some(({ footprints }) => footprints.quadlane)) {
      parts.push('### Start and memory, a fresh process each', FOOTPRINT, footprintTable(rows, compared));
    }
  }
  if (small.length > 0) parts.push('## Small networks', SMALL, smallTable(small, peers));
  if (layers.length > 0) parts.push('## Layers, one thread', LAYERS);
  for (const family of layerFamilies) {
    const rows = layers.filter((row) => row.family === family);
    if (rows.length > 0) parts.push(`### ${familyTitles[family]}`, layerTable(rows, peers, family === 'pool'));
  }
  if (skipped.length > 0) parts.push('## Left out', skipped.map((line) => `- ${line}`).join('\n'));
  if (failures.length > 0) parts.push('## Failed', failures.map((line) => `- ${line}`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

const METHOD = `Each pair of libraries shares a process of its own, warm, and runs in turns, so that what else the machine does meets both; times are medians, a ratio
is the median of the turns' ratios: how many times faster quadlane is. Networks are torchvision's architectures with the same seeded weights for all, from the same ONNX file
for quadlane and onnxruntime-web, as calls of fused operators with batch norm folded for tfjs-wasm; a run takes an image from JavaScript and gives
logits back to it. Outputs are compared before anything is measured: they differ by less than ${TOLERANCE} of the greatest. ${DISTURBED}`;

const FOOTPRINT = `From before the import to a network ready to run, the file at hand; the first run; resident memory after it that wasn't there before the import.`;

const SMALL =
  'What a call costs beside computing: input and output move between JavaScript and the library in each run.';

const LAYERS = `Each layer as a network has it: input and output stay in quadlane's memory and in tfjs's, and quadlane's input lies inside its halo, where the layer before it
writes, unless it is an image, which is copied there; onnxruntime-web copies input and output in each run. Gop/s
counts a multiply-add as two, as many of them as direct convolution takes, and for pools the cells of the windows; the peak is a bare loop of SIMD multiply-adds in the same turns.`;

function networkTable(rows: readonly NetworkResult[], peers: readonly PeerName[]): string {
  const lines = rows.map(({ network, duels }) => {
    const differences = Object.values(duels).map(({ difference }) => difference);
    return [
      nameOf(network, duels),
      ...duelCells(duels, peers),
      differences.length > 0 ? Math.max(...differences).toExponential(0) : '',
    ];
  });
  const summary = (title: string, of: (ratios: number[]) => number) => [
    `**${title}**`,
    '',
    ...peers.flatMap((peer) => ['', `**${formatNumber(of(ratiosOf(rows, peer)))} x**`]),
    '',
  ];
  return table(
    ['network', 'quadlane', ...peers.flatMap((peer) => [peer, 'ratio']), 'difference'],
    [...lines, summary('geometric mean', geometricMean), summary('least', (ratios) => Math.min(...ratios))],
  );
}

function ratiosOf(rows: readonly NetworkResult[], peer: PeerName): number[] {
  return rows.flatMap(({ duels }) => duels[peer]?.ratio ?? []);
}

/** The name of a row, marked where a duel in it was disturbed. */
function nameOf(name: string, duels: ByPeer<DuelResult>): string {
  return markDisturbed(
    name,
    Object.values(duels).some(({ disturbed }) => disturbed),
  );
}

/** quadlane's time (the mean of those beside each peer), then time and ratio of each peer. */
function duelCells(duels: ByPeer<DuelResult>, peers: readonly PeerName[]): string[] {
  const own = Object.values(duels).map(({ quadlane }) => quadlane);
  return [
    own.length > 0 ? formatTime(own.reduce((a, b) => a + b, 0) / own.length) : '',
    ...peers.flatMap((peer) => {
      const duel = duels[peer];
      return duel ? [formatTime(duel.peer), `${formatNumber(duel.ratio)} x`] : ['', ''];
    }),
  ];
}

function footprintTable(rows: readonly NetworkResult[], peers: readonly PeerName[]): string {
  const libraries = libraryNames.filter((name) => name === 'quadlane' || peers.includes(name));
  const cells = ({ network, footprints }: NetworkResult) => [
    network,
    ...libraries.map((name) => {
      const footprint = footprints[name];
      if (!footprint) return '';
      const { load, first, memory } = footprint;
      return `${formatTime(load)}, ${formatTime(first)}, ${(memory / 1e6).toFixed(0)} MB`;
    }),
  ];
  return table(['network', ...libraries], rows.map(cells));
}

function smallTable(rows: readonly SmallResult[], peers: readonly PeerName[]): string {
  return table(
    ['', 'quadlane', ...peers.flatMap((peer) => [peer, 'ratio'])],
    rows.map(({ name, duels }) => [nameOf(name, duels), ...duelCells(duels, peers)]),
  );
}

function layerTable(rows: readonly LayerRow[], peers: readonly PeerName[], isPool: boolean): string {
  return table(
    ['layer', 'Gop/s', ...(isPool ? [] : ['of peak']), 'quadlane', ...peers.flatMap((peer) => [peer, 'ratio'])],
    rows.map(({ layer, duels }) => {
      const [{ rate, shareOfPeak }] = Object.values(duels);
      const share = isPool ? [] : [`${(100 * shareOfPeak).toFixed(0)} %`];
      return [nameOf(layer, duels), formatNumber(rate / 1e9), ...share, ...duelCells(duels, peers)];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
