// Contestants measured in turns, so that what else the machine does meets all of them alike.

import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from 'tinybench';

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
/** Contestants warm up in bursts of this length, in milliseconds, with rests in which the engine compiles. */
const BURST_MS = 15;
const REST_MS = 25;
/** Warm-up ends when this many bursts in a row brought nothing, and in any case after the greatest number. */
const IDLE_BURSTS = 2;
const MOST_BURSTS = 16;

/** Seconds a call, one number a round. */
export type Rounds = readonly number[];

/** Measures every contestant in each round; the k-th numbers of all of them come from the same stretch of time. */
export async function measure<Name extends string>(
  contestants: Readonly<Record<Name, () => void>>,
  effort: Effort,
): Promise<Record<Name, Rounds>> {
  const names = Object.keys(contestants) as Name[];
  const batches: number[] = [];
  for (const name of names) batches.push(Math.max(1, Math.round(SAMPLE_MS / (await warmUp(contestants[name])))));
  const rounds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < effort.rounds; round++) {
    names.forEach((name, index) => {
      rounds[name].push(medianOfTurn(contestants[name], batches[index], effort.turn));
    });
  }
  return rounds;
}

/** Calls until the engine's compilers seem to be done; returns milliseconds a call. */
async function warmUp(call: () => void): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let burst = 0, idle = 0; burst < MOST_BURSTS && idle < IDLE_BURSTS; burst++) {
    const time = callFor(call, BURST_MS);
    idle = time > 0.95 * best ? idle + 1 : 0;
    best = Math.min(best, time);
    await sleep(REST_MS);
  }
  return best;
}

/** Calls until `milliseconds` have passed, at least once; returns milliseconds a call. */
function callFor(call: () => void, milliseconds: number): number {
  const start = performance.now();
  let calls = 0;
  let passed = 0;
  do {
    call();
    calls++;
    passed = performance.now() - start;
  } while (passed < milliseconds);
  return passed / calls;
}

function medianOfTurn(call: () => void, batch: number, turn: number): number {
  const bench = new Bench({ time: turn, iterations: 1, warmup: false });
  bench.add('turn', () => {
    for (let i = 0; i < batch; i++) call();
  });
  bench.runSync();
  const { result } = bench.tasks[0];
  if (!('latency' in result)) throw 'error' in result ? result.error : new Error('nothing was measured');
  return result.latency.p50 / 1000 / batch;
}

export function median(values: Rounds): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** How many times faster `fast` is than `slow`: the median of the rounds' ratios. */
export function ratio(slow: Rounds, fast: Rounds): number {
  return median(slow.map((time, round) => time / fast[round]));
}
