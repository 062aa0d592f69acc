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
  step: ({ base, ...rest }) => schedules.step({ learningRate: base, ...rest }),
  multistep: ({ base, ...rest }) => schedules.multiStep({ learningRate: base, ...rest }),
  exponential: ({ base, ...rest }) => schedules.exponential({ learningRate: base, ...rest }),
  cosine: ({ base, period, ...rest }) => schedules.cosine({ learningRate: base, steps: period, ...rest }),
  cosine_restarts: ({ base, period, ...rest }) =>
    schedules.cosineRestarts({ learningRate: base, steps: period, ...rest }),
  linear_warmup: ({ base, start, steps }) => schedules.linearWarmup({ learningRate: base, factor: start, steps }),
  polynomial: ({ base, steps, power }) => schedules.polynomial({ learningRate: base, steps, power }),
  warmup_cosine: ({ base, warmup, total, min }) =>
    schedules.warmup(schedules.cosine({ learningRate: base, steps: total - warmup, min }), { steps: warmup }),
  onecycle: ({ pct, anneal, max, total, ...rest }) =>
    schedules.oneCycle({
      learningRate: max,
      steps: total,
      ...rest,
      rising: pct,
      anneal: anneal === 'cos' ? 'cosine' : anneal,
    }),
  cyclic: ({ base, max, stepUp }) => schedules.cyclic({ learningRate: max, min: base, steps: stepUp }),
  constant_warmup: ({ base, ...rest }) => schedules.constantWarmup({ learningRate: base, ...rest }),
  plateau: ({ base, minimum, ...rest }) => schedules.reduceOnPlateau({ learningRate: base, min: minimum, ...rest }),
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
