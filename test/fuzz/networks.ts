// npm run fuzz:networks -- [--seed N] [--seconds N] [--count N] [--jobs N] [--save FOLDER]: random sound networks over all
// operators that the importer knows, each run by quadlane with its passes, binaries, threads and Winograd on and off, exported,
// saved and read again, and by ONNX Runtime's WebAssembly build where `npm ci --prefix bench` has installed it. Results must
// agree within the sum of both engines' error bounds, which are followed through the network; what moves elements, counts or
// compares must agree in every bit. A network that fails is shrunk and printed with its seed; `--seed N` alone repeats one.

import { readOnnx } from '../../src/formats/onnx/reader.js';
import { compileGraph, ready } from '../../src/model/load.js';
import { type Finding, main, type Outcome } from './batches.js';
import { compare, type Peer, Wrong } from './networks/compare.js';
import type { Drawn } from './networks/draft.js';
import { drawNetwork, fileOf } from './networks/random.js';
import { described, pruned, shrink } from './networks/shrink.js';
import { onnxRuntime } from './peer.js';

/** How a network fails. */
async function failure(network: Drawn, seed: number, peer: Peer | undefined): Promise<Wrong | undefined> {
  try {
    await compare(network, seed, peer);
    return undefined;
  } catch (error) {
    return error instanceof Wrong ? error : new Wrong('error', `${(error as Error).stack ?? error}`);
  }
}

/** What a network computes inside. */
function valuesOf(network: Drawn) {
  const names = network.steps.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const whole = { ...network, outputs: names };
  try {
    const graph = readOnnx(fileOf(whole));
    return compileGraph(graph, { deterministic: true, winograd: false }).runSync(network.feeds);
  } catch {
    return {};
  }
}

async function attempt(seed: number, peer: Peer | undefined): Promise<Outcome> {
  const drawn = drawNetwork(seed);
  if (drawn.steps.length === 0) return { counts: ['no nodes'], findings: [] };
  try {
    return { counts: await compare(drawn, seed, peer), findings: [] };
  } catch {
    const small = await shrink(
      pruned(drawn, drawn.outputs),
      async (network) => (await failure(network, seed, peer))?.kind,
      valuesOf,
    );
    const wrong = (await failure(small, seed, peer)) ?? new Wrong('error', 'it fails as a whole only');
    const operators = small.steps.map(({ node }) => node.op).join(' > ');
    const finding: Finding = {
      seed,
      cause: `${wrong.kind}: ${operators}`,
      text: `${wrong.message.slice(0, 1500)}\n${described(small)}`,
      files: { 'network.onnx': Buffer.from(fileOf(small)).toString('base64') },
    };
    return { counts: [], findings: [finding] };
  }
}

await main({
  name: 'fuzz:networks',
  batch: 1000,
  kinds: [],
  async start() {
    await ready();
    const peer = await onnxRuntime();
    return (seed) => attempt(seed, peer);
  },
});
