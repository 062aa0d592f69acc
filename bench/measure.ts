// Contestants measured in turns, so that what else the machine does meets all of them alike.

import { Bench } from 'tinybench';
import { isCoreOurs, waitUntilAlone } from './alone.js';

export interface Effort {
  /** Turns that each contestant gets. */
  readonly rounds: number;
  /** Least time of one turn, in milliseconds. */
  readonly turn: number;
}

export const thorough: Effort = { rounds: 7, turn: 20 };
export const quick: Effort = { rounds: 3, turn: 6 };

/** Calls of a contestant in one sample together take about this long, in milliseconds: clocks are coarse. */
const SAMPLE_MS = 0.3;
/** Samples that something else on the core disturbed are taken again until a turn has lasted this many times its time. */
const PATIENCE = 5;
/** All rounds together wait for a core that works for us alone as long as so many calls of every contestant take. */
const WAIT_CALLS = 40;
/** Contestants warm up in bursts of this length, in milliseconds, with rests in which the engine compiles. */
const BURST_MS = 15;
const REST_MS = 25;
/** Warm-up ends when this many bursts in a row brought nothing, and in any case after the greatest number. */
const IDLE_BURSTS = 2;
const MOST_BURSTS = 16;

/** Seconds a call, one number a round. */
export type Rounds = readonly number[];

/** What is measured; a promise that it returns is waited for. */
export type Call = () => unknown;

/** Of the samples of the last measurement: all, and those that were disturbed although they were taken again. */
let samples = { all: 0, disturbed: 0 };

/** Measures every contestant in each round; the k-th numbers of all of them come from the same stretch of time. */
export async function measure<Name extends string>(
  contestants: Readonly<Record<Name, Call>>,
  effort: Effort,
): Promise<Record<Name, Rounds>> {
  const names = Object.keys(contestants) as Name[];
  const turns: (() => number | Promise<number>)[] = [];
  let patience = 0;
  for (const name of names) {
    const call = contestants[name];
    const milliseconds = await warmUp(call);
    patience += WAIT_CALLS * milliseconds;
    const batch = Math.max(1, Math.round(SAMPLE_MS / milliseconds));
    const result = call();
    turns.push((result instanceof Promise ? waitingTurn : turn)(call, batch, Math.max(effort.turn, milliseconds)));
    await result;
  }
  samples = { all: 0, disturbed: 0 };
  const rounds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < effort.rounds; round++) {
    patience -= await waitUntilAlone(patience);
    for (const [index, name] of names.entries()) rounds[name].push(await turns[index]());
  }
  return rounds;
}

/** Calls until the engine's compilers seem to be done; returns milliseconds a call. */
async function warmUp(call: Call): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let burst = 0, idle = 0; burst < MOST_BURSTS && idle < IDLE_BURSTS; burst++) {
    const time = await callFor(call, BURST_MS);
    idle = time > 0.95 * best ? idle + 1 : 0;
    best = Math.min(best, time);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  return best;
}

/** Calls until `milliseconds` have passed, at least once; returns milliseconds a call. */
async function callFor(call: Call, milliseconds: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let passed = 0;
  do {
    const result = call();
    if (result instanceof Promise) await result;
    calls++;
    passed = performance.now() - start;
  } while (passed < milliseconds);
  return passed / calls;
}

/** Whether most samples of the last measurement were disturbed by something else on the core, however often taken. */
export function wasDisturbed(): boolean {
  return samples.disturbed > samples.all / 2;
}

/** Turns of a contestant that answers at once: the median of its calls' times. */
function turn(call: Call, batch: number, milliseconds: number): () => number {
  return () => {
    const bench = new Bench({ time: milliseconds, iterations: 1, warmup: false });
    const end = performance.now() + PATIENCE * milliseconds;
    bench.add('turn', () => {
      for (;;) {
        const start = startAlone(end);
        for (let i = 0; i < batch; i++) call();
        const overriddenDuration = performance.now() - start;
        if (counts(end)) return { overriddenDuration };
      }
    });
    bench.runSync();
    return medianOf(bench) / batch;
  };
}

/** Turns of a contestant that promises its answer. */
function waitingTurn(call: Call, batch: number, milliseconds: number): () => Promise<number> {
  return async () => {
    const bench = new Bench({ time: milliseconds, iterations: 1, warmup: false });
    const end = performance.now() + PATIENCE * milliseconds;
    bench.add('turn', async () => {
      for (;;) {
        const start = startAlone(end);
        for (let i = 0; i < batch; i++) await call();
        const overriddenDuration = performance.now() - start;
        if (counts(end)) return { overriddenDuration };
      }
    });
    await bench.run();
    return medianOf(bench) / batch;
  };
}

/** The time as soon as the core works for us alone, at the latest `end`. */
function startAlone(end: number): number {
  while (performance.now() < end && !isCoreOurs());
  return performance.now();
}

/** Whether a sample that has just ended counts: it was undisturbed, or there is no patience for another. */
function counts(end: number): boolean {
  const isDisturbed = !isCoreOurs();
  if (isDisturbed && performance.now() < end) return false;
  samples.all++;
  if (isDisturbed) samples.disturbed++;
  return true;
}

function medianOf({ tasks: [{ result }] }: Bench): number {
  if (!('latency' in result)) throw 'error' in result ? result.error : new Error('nothing was measured');
  return result.latency.p50 / 1000;
}

export function median(values: Rounds): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** How many times faster `fast` is than `slow`: the median of the rounds' ratios. */
export function ratio(slow: Rounds, fast: Rounds): number {
  return median(slow.map((time, round) => time / fast[round]));
}

/** What ratios of different things are averaged by. */
export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
