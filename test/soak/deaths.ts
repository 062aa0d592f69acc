// Threads that end at random instants and at every step of a program: no call hangs, and each gives the right bits or says
// that a thread was lost.

import { Worker } from 'node:worker_threads';
import { platform } from '#platform';
import { QuadlaneError } from '../../src/errors.js';
import { CLAIMS, DISSOLVED, FIRST_STEP, PHASE, READY, RUNS, THREADS } from '../../src/layouts.generated.js';
import { Model, type ModelOptions } from '../../src/model/model.js';
import { threadedEngine } from '../../src/model/threading.js';
import type { Thread, ThreadHost } from '../../src/runtime/threadPool.js';
import { Dice } from '../fuzz/dice.js';
import { bitsOf, inputsOf, lenet } from '../runtime/threaded.js';

/** Milliseconds that `runSync` waits for a share. */
const WAIT_MS = 300;
/** Most runs until a death must have been noticed. */
const MOST_RUNS = 60;
const BATCH = 24;

const mortal = new URL('../../test/soak/mortal.mjs', import.meta.url);
const script = new URL('../../dist/quadlane.thread.js', import.meta.url).href;
const layout = { RUNS, PHASE, FIRST_STEP, READY, CLAIMS, DISSOLVED, THREADS };

interface Fate {
  readonly way: 'ended' | 'claims';
  /** The run in which it ends, from 1. */
  readonly run: number;
  /** The step that a claiming one waits for. */
  readonly step: number;
  readonly microseconds: number;
}

/** Threads of which the first has a fate, the others live. */
class MortalHost implements ThreadHost {
  ended = 0;
  private started = 0;

  constructor(private readonly fate: Fate) {}

  reason(): undefined {
    return undefined;
  }

  start(hear: Parameters<ThreadHost['start']>[0], lose: Parameters<ThreadHost['start']>[1]): Thread {
    const fate = this.started++ === 0 ? this.fate : { ...this.fate, way: 'ended', run: 2 ** 31 - 1 };
    const worker = new Worker(mortal, { workerData: { script, layout, ...fate }, execArgv: [] });
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      this.ended++;
      lose('it has ended');
    };
    worker.on('message', ({ report }) => (report ? hear(report) : over()));
    worker.on('error', over);
    worker.on('exit', over);
    return {
      post: (assignment) => worker.postMessage({ assignment }),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      end: () => worker.postMessage({}),
    };
  }
}

// Of one image threads share little.
const graph = { ...lenet, inputs: lenet.inputs.map((input) => ({ ...input, shape: [BATCH, 1, 28, 28] })) };
const image = inputsOf({ inputs: Object.fromEntries(graph.inputs.map((one) => [one.name, one])) } as never);
let expected: string | undefined;
let phases = 0;

/** What a lone thread computes, and how many steps that takes. */
async function alone(): Promise<string> {
  if (expected !== undefined) return expected;
  const engine = await threadedEngine(platform, 'strict', { threads: 1 });
  const model = new Model(graph, engine, { deterministic: true });
  expected = bitsOf(model.runSync(image)).join();
  phases = (model as unknown as { compiled: { latest: { steps: unknown[] } } }).compiled.latest.steps.length;
  model.dispose();
  return expected;
}

/**
 * One model whose thread ends.
 * @returns what became of its runs, in words
 * @throws Error where a call does anything but give the right bits or say that a thread was lost
 */
export async function dieOnce(seed: number): Promise<string> {
  const right = await alone();
  const dice = new Dice(seed);
  const way = dice.any(['ended', 'claims'] as const);
  const fate: Fate = { way, run: dice.from(1, 3), step: seed % phases, microseconds: dice.integer(4000) };
  const host = new MortalHost(fate);
  const options: ModelOptions = { threads: dice.from(2, 3), deterministic: true, limits: { wait: WAIT_MS } };
  const engine = await threadedEngine({ ...platform, threads: async () => host }, 'strict', options);
  const model = new Model(graph, engine, options);
  await engine.settled?.();
  const isSync = dice.once(4);
  let whole = 0;
  let refused = 0;
  for (let runs = 0; runs < MOST_RUNS && refused < 2; runs++) {
    try {
      const outputs = isSync ? model.runSync(image) : await model.run(image);
      if (bitsOf(outputs).join() !== right) throw new Error('a run gave other bits');
      if (refused > 0) throw new Error('a run was done after a thread had been lost');
      whole++;
    } catch (error) {
      if (!(error instanceof QuadlaneError) || error.code !== 'HOST') throw error;
      refused++;
    }
    // The event that tells of the end has its turn.
    await new Promise((resolve) => setTimeout(resolve, runs < 3 ? 0 : 5));
  }
  model.dispose();
  const end = Date.now() + 5000;
  while (host.ended < options.threads! - 1 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 2));
  if (host.ended < options.threads! - 1) throw new Error('a thread of a disposed model has not ended');
  if (refused === 0) return 'nothing died';
  return `${way}, ${isSync ? 'runSync' : 'run'}: lost ${whole === 0 ? 'in the first run' : 'later'}`;
}
