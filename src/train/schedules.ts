// Learning rates over the steps of a training. Names and formulas are PyTorch's (torch.optim.lr_scheduler).

import { QuadlaneError } from '../errors.js';
import { cosine as cosineOf, power } from './arithmetic.js';

/** How the learning rate follows from the step, counted from 0. */
export interface Schedule {
  /** Learning rate of step `step`. */
  rate(step: number): number;
  /** Momentum (Adam's beta1) of step `step`, for schedules that set it too. */
  momentum?(step: number): number;
  /** Takes the value that is watched, once an epoch: the validation loss, or the training loss where there is none. */
  observe?(loss: number): void;
  /** What `observe` has changed, for checkpoints. */
  save?(): Readonly<Record<string, number>>;
  /** Takes back what `save` gave. */
  restore?(saved: Readonly<Record<string, number>>): void;
}

/** Always `rate`. */
export function constant(rate: number): Schedule {
  positive('constant', { rate });
  return { rate: () => rate };
}

/** base * gamma ^ floor(step / stepSize) */
export function step({ base, stepSize, gamma = 0.1 }: { base: number; stepSize: number; gamma?: number }): Schedule {
  positive('step', { base, stepSize, gamma });
  return { rate: (at) => base * power(gamma, Math.floor(at / stepSize)) };
}

/** base * gamma ^ (number of `milestones` that are reached) */
export function multiStep(options: { base: number; milestones: readonly number[]; gamma?: number }): Schedule {
  const { base, milestones, gamma = 0.1 } = options;
  positive('multiStep', { base, gamma });
  return { rate: (at) => base * power(gamma, milestones.filter((milestone) => milestone <= at).length) };
}

/** base * gamma ^ step */
export function exponential({ base, gamma }: { base: number; gamma: number }): Schedule {
  positive('exponential', { base, gamma });
  return { rate: (at) => base * power(gamma, at) };
}

/** base * (1 - min(step, steps) / steps) ^ exponent */
export function polynomial(options: { base: number; steps: number; exponent?: number }): Schedule {
  const { base, steps, exponent = 1 } = options;
  positive('polynomial', { base, steps, exponent });
  return { rate: (at) => base * power(1 - Math.min(at, steps) / steps, exponent) };
}

/** Half a cosine from `base` at step 0 down to `min` at step `period`, and up again after it (Loshchilov and Hutter 2017). */
export function cosine({ base, period, min = 0 }: { base: number; period: number; min?: number }): Schedule {
  positive('cosine', { base, period });
  return { rate: (at) => between(min, base, at / period) };
}

/** `cosine` that starts again from `base` after `period` steps, after `period * factor` more, and so on. */
export function cosineRestarts(options: { base: number; period: number; factor?: number; min?: number }): Schedule {
  const { base, period, factor = 1, min = 0 } = options;
  positive('cosineRestarts', { base, period, factor });
  if (factor < 1) throw new QuadlaneError('ARGUMENT', 'cosineRestarts: factor must be at least 1');
  return {
    rate(at) {
      let [cycle, since] = [period, at];
      if (factor === 1) since = at % period;
      else for (; since >= cycle; cycle *= factor) since -= cycle;
      return between(min, base, since / cycle);
    },
  };
}

/** A triangle between `base` and `max`: `stepUp` steps up and as many down, again and again (Smith 2017). */
export function cyclic({ base, max, stepUp }: { base: number; max: number; stepUp: number }): Schedule {
  positive('cyclic', { base, max, stepUp });
  return {
    rate(at) {
      const place = (at % (2 * stepUp)) / stepUp;
      return base + (max - base) * (1 - Math.abs(1 - place));
    },
  };
}

export interface OneCycleOptions {
  /** Highest rate. */
  max: number;
  /** Steps of the whole training. */
  total: number;
  /** Part of the steps in which the rate rises. Default: 0.3. */
  rising?: number;
  /** The shape of the phases. Default: `cosine`. */
  anneal?: 'cosine' | 'linear';
  /** The first rate is `max / divFactor`. Default: 25. */
  divFactor?: number;
  /** The last rate is `max / divFactor / finalDivFactor`. Default: 10,000. */
  finalDivFactor?: number;
  /** Goes down in the time of the rise to the first rate before the final descent. Default: false. */
  threePhase?: boolean;
  /** Momentum runs from `maxMomentum` to `minMomentum` while the rate rises, and back. Default: 0.85. */
  minMomentum?: number;
  /** Default: 0.95. */
  maxMomentum?: number;
}

/** Up from `max / divFactor` to `max`, and down to almost nothing; momentum the other way round (Smith and Topin 2018). */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { max, total, rising = 0.3, anneal = 'cosine', divFactor = 25, finalDivFactor = 1e4 } = options;
  const { threePhase = false, minMomentum = 0.85, maxMomentum = 0.95 } = options;
  positive('oneCycle', { max, total, rising, divFactor, finalDivFactor });
  const first = max / divFactor;
  const last = first / finalDivFactor;
  const top = rising * total - 1;
  const phases = threePhase
    ? [
        { end: top, rates: [first, max], momenta: [maxMomentum, minMomentum] },
        { end: 2 * rising * total - 2, rates: [max, first], momenta: [minMomentum, maxMomentum] },
        { end: total - 1, rates: [first, last], momenta: [maxMomentum, maxMomentum] },
      ]
    : [
        { end: top, rates: [first, max], momenta: [maxMomentum, minMomentum] },
        { end: total - 1, rates: [max, last], momenta: [minMomentum, maxMomentum] },
      ];
  const valueAt = (at: number, of: 'rates' | 'momenta') => {
    const index = phases.findIndex(({ end }) => at <= end);
    const phase = phases[index < 0 ? phases.length - 1 : index];
    const start = index < 1 ? (index < 0 ? phases.at(-2)!.end : 0) : phases[index - 1].end;
    const place = Math.min(1, (at - start) / (phase.end - start));
    const [from, to] = phase[of];
    return anneal === 'linear' ? from + (to - from) * place : between(to, from, place);
  };
  return { rate: (at) => valueAt(at, 'rates'), momentum: (at) => valueAt(at, 'momenta') };
}

/** Rises to the first rate of `after` in `steps` equal parts, the first step having one of them; then goes on as `after`. */
export function warmup(after: Schedule, { steps }: { steps: number }): Schedule {
  positive('warmup', { steps });
  return {
    ...after,
    rate: (at) => (at < steps ? (after.rate(0) * (at + 1)) / steps : after.rate(at - steps)),
    ...(after.momentum && { momentum: (at: number) => after.momentum!(Math.max(0, at - steps)) }),
  };
}

/** From `base * start` in a straight line to `base`, which step `steps` and all later ones have. */
export function linearWarmup({ base, start, steps }: { base: number; start: number; steps: number }): Schedule {
  positive('linearWarmup', { base, steps });
  return { rate: (at) => base * (start + ((1 - start) * Math.min(at, steps)) / steps) };
}

/** `base * factor` for `steps` steps, then `base`. */
export function constantWarmup({ base, factor, steps }: { base: number; factor: number; steps: number }): Schedule {
  positive('constantWarmup', { base, factor, steps });
  return { rate: (at) => (at < steps ? base * factor : base) };
}

export interface PlateauOptions {
  base: number;
  /** What the rate is multiplied by. Default: 0.1. */
  factor?: number;
  /** Epochs without an improvement that are borne. Default: 10. */
  patience?: number;
  /** An improvement is a loss below the best one times (1 - threshold). Default: 1e-4. */
  threshold?: number;
  /** The rate never falls below. Default: 0. */
  minimum?: number;
}

/** Multiplies the rate by `factor` when the observed loss has not improved for more than `patience` epochs. */
export function reduceOnPlateau(options: PlateauOptions): Schedule {
  const { base, factor = 0.1, patience = 10, threshold = 1e-4, minimum = 0 } = options;
  positive('reduceOnPlateau', { base, factor });
  let [rate, best, bad] = [base, Number.POSITIVE_INFINITY, 0];
  return {
    rate: () => rate,
    observe(loss) {
      const improved = loss < (best === Number.POSITIVE_INFINITY ? best : best * (1 - threshold));
      if (improved) best = loss;
      bad = improved ? 0 : bad + 1;
      if (bad <= patience) return;
      rate = Math.max(rate * factor, minimum);
      bad = 0;
    },
    save: () => ({ rate, best, bad }),
    restore(saved) {
      ({ rate, best, bad } = saved as { rate: number; best: number; bad: number });
    },
  };
}

/** From `high` at place 0 to `low` at place 1 along half a cosine. */
function between(low: number, high: number, place: number): number {
  return low + ((high - low) * (1 + cosineOf(Math.PI * place))) / 2;
}

function positive(schedule: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new QuadlaneError('ARGUMENT', `${schedule}: ${name} must be a number above 0, not ${value}`);
  }
}
