// Learning rates, step by step.

import { readFileSync } from 'node:fs';
import type { Schedule } from '../../../src/train/schedules.js';
import * as schedules from '../../../src/train/schedules.js';
import { mismatch, type Outcome } from './case.js';

export interface ScheduleCase {
  readonly kind: string;
  readonly params: Record<string, number>;
  readonly lr: readonly number[];
  readonly momentum?: readonly number[];
  readonly metric?: readonly number[];
}

/** quadlane's schedule for each kind of the reference data. */
// biome-ignore lint/suspicious/noExplicitAny: parameters as the file has them
export const kinds: Record<string, (params: any) => Schedule> = {
  step: schedules.step,
  multistep: schedules.multiStep,
  exponential: schedules.exponential,
  cosine: schedules.cosine,
  cosine_restarts: schedules.cosineRestarts,
  linear_warmup: schedules.linearWarmup,
  polynomial: ({ base, steps, power: exponent }) => schedules.polynomial({ base, steps, exponent }),
  warmup_cosine: ({ base, warmup, total, min }) =>
    schedules.warmup(schedules.cosine({ base, period: total - warmup, min }), { steps: warmup }),
  onecycle: ({ pct, anneal, ...rest }) =>
    schedules.oneCycle({ ...rest, rising: pct, anneal: anneal === 'cos' ? 'cosine' : anneal }),
  cyclic: schedules.cyclic,
  constant_warmup: schedules.constantWarmup,
  plateau: schedules.reduceOnPlateau,
};

export function runSchedules(folder: string, binary: string): Outcome[] {
  const { cases } = JSON.parse(readFileSync(`${folder}/schedules.json`, 'utf8')) as { cases: ScheduleCase[] };
  return cases.map(({ kind, params, lr, metric }) => {
    const schedule = kinds[kind](params);
    const rates = lr.map((_, step) => {
      const rate = schedule.rate(step);
      if (metric) schedule.observe!(metric[step]);
      return rate;
    });
    return { family: 'schedules', name: kind, binary, failure: mismatch(rates, lr, 1e-9, 0) };
  });
}
