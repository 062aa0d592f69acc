// Learning rates against those PyTorch gives, step by step.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as schedules from '../../src/train/schedules.js';
import { type ScheduleCase, scheduleOf } from './golden/schedules.js';

const files = ['../fixtures/golden/training/schedules.json', '../../../shared/golden/training/schedules.json']
  .map((path) => new URL(path, import.meta.url))
  .filter((file) => existsSync(file));

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
}

describe.each(files)('PyTorch’s rates, within 1e-9 of each (%s)', (file) => {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: ScheduleCase[] };

  it.each(cases.map((one, index) => ({ ...one, title: `${index} ${one.kind}` })))('$title', (one) => {
    const schedule = scheduleOf(one.kind, one.params);
    one.lr.forEach((expected, step) => {
      expectClose(schedule.rate(step), expected);
      if (one.momentum) expectClose(schedule.momentum!(step), one.momentum[step]);
      if (one.metric) schedule.observe!(one.metric[step]);
    });
  });
});

it('resumes a plateau from what was saved', () => {
  const losses = [1, 0.5, 0.6, 0.7, 0.8, 0.9, 0.4, 0.5, 0.5, 0.5, 0.5];
  const options = { learningRate: 1, factor: 0.5, patience: 1 };
  const whole = schedules.reduceOnPlateau(options);
  const rates = losses.map((loss) => {
    whole.observe!(loss);
    return whole.rate(0);
  });
  const first = schedules.reduceOnPlateau(options);
  for (const loss of losses.slice(0, 5)) first.observe!(loss);
  const second = schedules.warmup(schedules.reduceOnPlateau(options), { steps: 1 });
  second.restore!(first.save!());
  const resumed = losses.slice(5).map((loss) => {
    second.observe!(loss);
    return second.rate(1);
  });
  expect(resumed).toEqual(rates.slice(5));
  expect(new Set(rates).size).toBeGreaterThan(2);
});

it('refuses rates and lengths that are none, naming them', () => {
  expect(() => schedules.constant(0)).toThrow('constant(): rate must be a number above 0; got 0');
  expect(() => schedules.cosine({ learningRate: 0.1, steps: Number.NaN })).toThrow('cosine(): steps');
  expect(() => schedules.oneCycle({ learningRate: 1, steps: -3 })).toThrow('oneCycle(): steps');
  expect(() => schedules.cosineRestarts({ learningRate: 1, steps: 5, factor: 0.5 })).toThrow('at least 1');
});
