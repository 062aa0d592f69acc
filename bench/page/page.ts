// The comparison in a browser: networks and layers to choose, measured one after the other.

import { hasRelaxedSimd } from '../../src/runtime/features.js';
import { layersOf } from '../layers.js';
import { thorough } from '../measure.js';
import { type Contestant, type LibraryName, libraryNames, type PeerName } from '../peers/contestant.js';
import { type DuelResult, duel } from '../peers/duel.js';
import { networkFormats } from '../peers/export.js';
import { duelOnLayer, type LayerFamily, layerFamilies } from '../peers/layers.js';
import { findNetwork, networks, smallNetworks } from '../peers/networks.js';
import { randomInput } from '../peers/random.js';
import { browserLibraries } from './libraries.js';
import { element, ResultTable, type Row } from './table.js';

const PRESELECTED = ['resnet18', 'squeezenet1_1', 'mobilenet_v2', 'mobilenet_v3_small', 'efficientnet_b0'];

// Libraries take their number of threads once: another one loads the page anew.
const threads = new URLSearchParams(location.search).get('threads') === '2' && crossOriginIsolated ? 2 : 1;
const libraries = browserLibraries(threads);
const peerNames = libraryNames.filter((name): name is PeerName => name !== 'quadlane');

choices('networks', Object.keys({ ...networks, ...smallNetworks }), PRESELECTED);
choices('layers', layerFamilies, []);
choices('peers', peerNames, peerNames);
choices('threads', crossOriginIsolated ? ['1', '2'] : ['1'], [String(threads)], 'radio');
element('threads').addEventListener('change', () => {
  location.search = `?threads=${chosen('threads')[0]}`;
});
const variant = hasRelaxedSimd() ? 'relaxed' : 'strict';
element('host').textContent = `${navigator.userAgent}; ${navigator.hardwareConcurrency} cores; ${variant} SIMD`;

const form = document.querySelector('form')!;
const button = document.querySelector('button')!;
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    await compare(chosen('peers') as PeerName[]);
    status('Done.');
  } catch (error) {
    status(String(error));
  } finally {
    button.disabled = false;
  }
});

async function compare(peers: readonly PeerName[]): Promise<void> {
  const table = new ResultTable(peers);
  for (const network of chosen('networks')) {
    const row = table.row(network);
    for (const peer of peers) {
      if (findNetwork(network).peers.includes(peer))
        await shown(row, network, peer, () => duelOnNetwork(network, peer));
    }
  }
  const families = chosen('layers') as LayerFamily[];
  if (families.length === 0) return;
  const module = await WebAssembly.compileStreaming(fetch(`/dist/quadlane.${variant}.wasm`));
  for (const layer of families.flatMap(layersOf)) {
    const row = table.row(layer.label);
    for (const peer of peers)
      await shown(row, layer.label, peer, () => duelOnLayer(layer, peer, libraries, module, thorough));
  }
}

async function shown(row: Row, name: string, peer: PeerName, run: () => Promise<DuelResult>): Promise<void> {
  status(`${name}: quadlane and ${peer} ...`);
  try {
    row.show(peer, await run());
  } catch (error) {
    row.fail(peer, error);
  }
}

async function duelOnNetwork(network: string, peer: PeerName): Promise<DuelResult> {
  const contestants = [await contestant(network, 'quadlane'), await contestant(network, peer)];
  const [ours, theirs] = contestants;
  try {
    if (ours.threads < threads) throw new Error(`quadlane has ${ours.threads} thread: ${ours.threadsReason}`);
    return await duel(ours, theirs, thorough);
  } finally {
    for (const each of contestants) each.dispose();
  }
}

async function contestant(network: string, library: LibraryName): Promise<Contestant> {
  const format = networkFormats[library];
  const response = await fetch(`/bench/dist/models/${network}.${format}`);
  if (!response.ok) throw new Error(await response.text());
  const file = new Uint8Array(await response.arrayBuffer());
  const input = randomInput([1, ...findNetwork(network).input]);
  const load = await libraries[library]();
  return load(file, { input, channelsFirst: format === 'onnx', threads, resident: false });
}

/** Fills a field with choices; `checked` are chosen. */
function choices(
  id: string,
  names: readonly string[],
  checked: readonly string[],
  type: 'checkbox' | 'radio' = 'checkbox',
): void {
  for (const value of names) {
    const input = Object.assign(document.createElement('input'), { type, name: id, value });
    input.checked = checked.includes(value);
    const label = document.createElement('label');
    label.append(input, value);
    element(id).append(label);
  }
}

function chosen(id: string): string[] {
  return [...element(id).querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
}

function status(text: string): void {
  element('status').textContent = text;
}
