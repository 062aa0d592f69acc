// Runs and reloads a network over and over in a process of its own, started by memory.test.ts with --expose-gc, and
// prints how resident memory grew. Arguments: the model's file, the binary, runs, rounds of loading and disposing.
import { readFileSync } from 'node:fs';
import { loadModel } from '../../src/model/load.js';
import { tensor } from '../../src/tensor.js';

const [file, binary, runs, rounds] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(file));
const wasm = new WebAssembly.Module(readFileSync(binary));

/** Resident bytes when all garbage is collected. */
async function resident(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc!();
    // Finalizers give memories back between tasks.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().rss;
}

async function growth(times: number, warmUp: number, step: () => Promise<void>): Promise<number> {
  for (let i = 0; i < warmUp; i++) await step();
  const before = await resident();
  for (let i = 0; i < times; i++) await step();
  return (await resident()) - before;
}

const image = tensor(new Float32Array(784).fill(0.5), [1, 1, 28, 28]);
const model = await loadModel(bytes, { wasm });
const byRuns = await growth(Number(runs), Number(runs) / 10, async () => {
  model.runSync({ image });
});
const byRounds = await growth(Number(rounds), Number(rounds), async () => {
  const other = await loadModel(bytes, { wasm });
  other.runSync({ image });
  other.dispose();
});
process.stdout.write(JSON.stringify({ byRuns, byRounds }));
