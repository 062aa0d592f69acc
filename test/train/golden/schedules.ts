// Learning rates, step by step.

import { readFileSync } from 'node:fs';
import { QuadlaneError } from '../../../src/errors.js';
import type { Schedule } from '../../../src/train/schedules.js';
import * as schedules from '../../../src/train/schedules.js';
import { mismatch, type Outcome, outcome } from './case.js';
import { Cannot, plain, readingAll } from './given.js';

export interface ScheduleCase {
  readonly kind: string;
  readonly params: Readonly<Record<string, number>>;
  readonly lr: readonly number[];
  readonly momentum?: readonly number[];
  readonly metric?: readonly number[];
}

/** quadlane's schedule for each kind of the reference data. */
// biome-ignore lint/suspicious/noExplicitAny: parameters as the file has them
const kinds: Record<string, (params: any) => Schedule> = {
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
  constant: ({ base }) => schedules.constant(base),
  constant_warmup: ({ base, ...rest }) => schedules.constantWarmup({ learningRate: base, ...rest }),
  plateau: ({ base, minimum, ...rest }) => schedules.reduceOnPlateau({ learningRate: base, min: minimum, ...rest }),
};

export function runSchedules(folder: string, binary: string): Outcome[] {
  const { cases } = JSON.parse(readFileSync(`${folder}/schedules.json`, 'utf8')) as { cases: ScheduleCase[] };
  return cases.map((test) =>
    outcome({ family: 'schedules', name: test.kind, binary }, () =>
      readingAll(`the schedule ${test.kind}`, test, ({ kind, params, lr, momentum, metric }) => {
        const schedule = scheduleOf(kind, params);
        const momenta = schedule.momentum && lr.map((_, step) => schedule.momentum!(step));
        if (momentum && !momenta) return 'it sets no momentum';
        const rates = lr.map((_, step) => {
          const rate = schedule.rate(step);
          if (metric) schedule.observe!(metric[step]);
          return rate;
        });
        return mismatch(rates, lr, 1e-9, 0) ?? (momentum && mismatch(momenta!, momentum, 1e-9, 0));
      }),
    ),
  );
}

/**
 * The schedule of a kind with all of its settings.
 * @throws Cannot for a kind or a setting that quadlane doesn't have
 */
export function scheduleOf(kind: string, params: Readonly<Record<string, unknown>>): Schedule {
  const make = kinds[kind] ?? kinds[Object.keys(kinds).find((name) => plain(name) === plain(kind)) ?? ''];
  if (!make) throw new Cannot(`there is no schedule ${kind}`);
  try {
    return readingAll(`the schedule ${kind}`, params, make);
  } catch (error) {
    if (!(error instanceof QuadlaneError)) throw error;
    throw new Cannot(`the schedule ${kind} with ${JSON.stringify(params)}: ${error.message}`);
  }
}
