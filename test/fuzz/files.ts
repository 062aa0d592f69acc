// npm run fuzz -- [--seed N] [--seconds N] [--count N] [--only KIND] [--jobs N] [--save FOLDER]: ONNX files, saved models,
// checkpoints, arrays and command lines, damaged as what they are: fields, nodes, attributes, sizes, names, headers, bytes.
// Whatever they hold, each call gives an answer or a QuadlaneError within two seconds, with a message that people can read, and
// writes nowhere but where its results lie. A file that fails is shrunk and saved, with the seed that repeats it; `--seed N`
// alone repeats one. Kinds: onnx, safetensors, checkpoint, array, command.

import { ready } from '../../src/model/load.js';
import { main, type Outcome } from './batches.js';
import { choicesOf, Dice } from './dice.js';
import { Fault, MOST_MS } from './files/examine.js';
import { type Kind, kinds } from './files/kinds.js';
import { shrinkBytes } from './files/shrink.js';

/** How often a kind's turn is. */
const shares = { onnx: 12, safetensors: 4, checkpoint: 1, array: 2, command: 1 };
const turns = Object.entries(shares).flatMap(([name, share]) => new Array<string>(share).fill(name));

/** What a file does with the choices of a seed, or the fault that it brings to light. */
async function examined(kind: Kind, seed: number, file: Uint8Array): Promise<string[] | Fault> {
  const began = performance.now();
  const result = await outcomeOf(kind, seed, file);
  if (performance.now() - began < MOST_MS || result instanceof Fault) return result;
  // The machine may have been busy with something else.
  const before = process.cpuUsage();
  await outcomeOf(kind, seed, file);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  if (milliseconds <= MOST_MS) return result;
  return new Fault('slow', `${milliseconds.toFixed(0)} ms of processor time: ${result.join(', ')}`);
}

async function outcomeOf(kind: Kind, seed: number, file: Uint8Array): Promise<string[] | Fault> {
  try {
    return await kind.examine(choicesOf(seed), file);
  } catch (error) {
    return error instanceof Fault ? error : new Fault('fuzzer', `${(error as Error).stack}`);
  }
}

async function attempt(name: string, kind: Kind, seed: number): Promise<Outcome> {
  const file = await kind.draw(new Dice(seed));
  const result = await examined(kind, seed, file);
  if (!(result instanceof Fault))
    return { counts: [name, ...new Set(result.map((word) => `${name} ${word}`))], findings: [] };
  const { place } = result;
  const small = await shrinkBytes(name, file, async (bytes) => {
    const again = await examined(kind, seed, bytes);
    return again instanceof Fault && again.place === place;
  });
  const ending = { onnx: 'onnx', array: 'npy', command: 'json' }[name] ?? 'safetensors';
  const text = `${result.message.slice(0, 2500)}\n${small.length} bytes, choices of seed ${seed}`;
  const files = { [`${name}.${ending}`]: Buffer.from(small).toString('base64') };
  return { counts: [name], findings: [{ seed, cause: `${name}: ${place}`, text, files }] };
}

await main({
  name: 'fuzz',
  batch: 20_000,
  kinds: Object.keys(shares),
  async start(only) {
    await ready();
    const all = kinds();
    return (seed) => {
      const name = only ?? new Dice(seed ^ 0xca5e).any(turns);
      return attempt(name, all[name], seed);
    };
  },
});
