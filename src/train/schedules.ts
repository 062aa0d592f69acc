// Learning rates over the steps of a training. Names and formulas are PyTorch's (torch.optim.lr_scheduler).

import { QuadlaneError } from '../errors.js';
import { checkOptions, flag, numberIn, oneOf } from '../options.js';
import { shown } from '../printable.js';
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
  numberIn('constant(): rate', rate, { above: 0 });
  return { rate: () => rate };
}

/** Options of every schedule that begins with, or rises to, one rate. */
export interface RateOptions {
  /** The highest rate. */
  learningRate: number;
}

export interface StepOptions extends RateOptions {
  /** Steps between two falls. */
  stepSize: number;
  /** What the rate is multiplied by. Default: 0.1. */
  gamma?: number;
}

/** learningRate * gamma ^ floor(step / stepSize) */
export function step(options: StepOptions): Schedule {
  const {
    learningRate,
    stepSize,
    gamma = 0.1,
  } = checkOptions('step()', options, ['learningRate', 'stepSize', 'gamma']);
  allPositive('step', { learningRate, stepSize, gamma });
  return { rate: (at) => learningRate * power(gamma, Math.floor(at / stepSize)) };
}

export interface MultiStepOptions extends RateOptions {
  /** Steps at which the rate falls. */
  milestones: readonly number[];
  /** What the rate is multiplied by. Default: 0.1. */
  gamma?: number;
}

/** learningRate * gamma ^ (number of `milestones` that are reached) */
export function multiStep(options: MultiStepOptions): Schedule {
  const known = ['learningRate', 'milestones', 'gamma'] as const;
  const { learningRate, milestones, gamma = 0.1 } = checkOptions('multiStep()', options, known);
  allPositive('multiStep', { learningRate, gamma });
  if (!Array.isArray(milestones)) {
    throw new QuadlaneError('ARGUMENT', `multiStep(): milestones must be a list of steps; got ${shown(milestones)}`);
  }
  return { rate: (at) => learningRate * power(gamma, milestones.filter((milestone) => milestone <= at).length) };
}

export interface ExponentialOptions extends RateOptions {
  /** What the rate is multiplied by after every step. */
  gamma: number;
}

/** learningRate * gamma ^ step */
export function exponential(options: ExponentialOptions): Schedule {
  const { learningRate, gamma } = checkOptions('exponential()', options, ['learningRate', 'gamma']);
  allPositive('exponential', { learningRate, gamma });
  return { rate: (at) => learningRate * power(gamma, at) };
}

export interface PolynomialOptions extends RateOptions {
  /** Steps until the rate is 0. */
  steps: number;
  /** Default: 1. */
  power?: number;
}

/** learningRate * (1 - min(step, steps) / steps) ^ power */
export function polynomial(options: PolynomialOptions): Schedule {
  const known = ['learningRate', 'steps', 'power'] as const;
  const { learningRate, steps, power: exponent = 1 } = checkOptions('polynomial()', options, known);
  allPositive('polynomial', { learningRate, steps, power: exponent });
  return { rate: (at) => learningRate * power(1 - Math.min(at, steps) / steps, exponent) };
}

export interface CosineOptions extends RateOptions {
  /** Steps from the highest rate to the lowest. */
  steps: number;
  /** The lowest rate. Default: 0. */
  min?: number;
}

/** Half a cosine from `learningRate` at step 0 down to `min` at step `steps`, and up again after it (Loshchilov and Hutter 2017). */
export function cosine(options: CosineOptions): Schedule {
  const { learningRate, steps, min = 0 } = checkOptions('cosine()', options, ['learningRate', 'steps', 'min']);
  allPositive('cosine', { learningRate, steps });
  numberIn('cosine(): min', min, { from: 0 });
  return { rate: (at) => between(min, learningRate, at / steps) };
}

export interface CosineRestartsOptions extends CosineOptions {
  /** How many times longer than the one before a descent is. Default: 1. */
  factor?: number;
}

/** `cosine` that starts again from `learningRate` after `steps` steps, after `steps * factor` more, and so on. */
export function cosineRestarts(options: CosineRestartsOptions): Schedule {
  const known = ['learningRate', 'steps', 'factor', 'min'] as const;
  const { learningRate, steps, factor = 1, min = 0 } = checkOptions('cosineRestarts()', options, known);
  allPositive('cosineRestarts', { learningRate, steps });
  numberIn('cosineRestarts(): min', min, { from: 0 });
  if (!(factor >= 1 && Number.isFinite(factor))) {
    throw new QuadlaneError(
      'ARGUMENT',
      `cosineRestarts(): factor must be a number of at least 1; got ${shown(factor)}`,
    );
  }
  return {
    rate(at) {
      let [cycle, since] = [steps, at];
      if (factor === 1) since = at % steps;
      else for (; since >= cycle; cycle *= factor) since -= cycle;
      return between(min, learningRate, since / cycle);
    },
  };
}

export interface CyclicOptions extends RateOptions {
  /** The lowest rate. */
  min: number;
  /** Steps from the lowest rate to the highest. */
  steps: number;
}

/** A triangle between `min` and `learningRate`: `steps` steps up and as many down, again and again (Smith 2017). */
export function cyclic(options: CyclicOptions): Schedule {
  const { learningRate, min, steps } = checkOptions('cyclic()', options, ['learningRate', 'min', 'steps']);
  allPositive('cyclic', { learningRate, min, steps });
  return {
    rate(at) {
      const place = (at % (2 * steps)) / steps;
      return min + (learningRate - min) * (1 - Math.abs(1 - place));
    },
  };
}

export interface OneCycleOptions extends RateOptions {
  /** Steps of the whole training. */
  steps: number;
  /** Part of the steps in which the rate rises. Default: 0.3. */
  rising?: number;
  /** The shape of the phases. Default: `cosine`. */
  anneal?: 'cosine' | 'linear';
  /** The first rate is `learningRate / divFactor`. Default: 25. */
  divFactor?: number;
  /** The last rate is `learningRate / divFactor / finalDivFactor`. Default: 10,000. */
  finalDivFactor?: number;
  /** Goes down in the time of the rise to the first rate before the final descent. Default: false. */
  threePhase?: boolean;
  /** Momentum runs from `maxMomentum` to `minMomentum` while the rate rises, and back. Default: 0.85. */
  minMomentum?: number;
  /** Default: 0.95. */
  maxMomentum?: number;
}

const oneCycleOptions = [
  ...(['learningRate', 'steps', 'rising', 'anneal', 'divFactor', 'finalDivFactor'] as const),
  ...(['threePhase', 'minMomentum', 'maxMomentum'] as const),
] as const;

/** Up from `learningRate / divFactor` to `learningRate`, and down to almost nothing; momentum the other way round (Smith and Topin 2018). */
export function oneCycle(options: OneCycleOptions): Schedule {
  const {
    learningRate,
    steps,
    rising = 0.3,
    anneal = 'cosine',
    divFactor = 25,
    finalDivFactor = 1e4,
    ...momenta
  } = checkOptions('oneCycle()', options, oneCycleOptions);
  const { threePhase = false, minMomentum = 0.85, maxMomentum = 0.95 } = momenta;
  allPositive('oneCycle', { learningRate, steps, rising, divFactor, finalDivFactor });
  oneOf('oneCycle(): anneal', anneal, ['cosine', 'linear']);
  flag('oneCycle(): threePhase', threePhase);
  const first = learningRate / divFactor;
  const last = first / finalDivFactor;
  const top = rising * steps - 1;
  const phases = threePhase
    ? [
        { end: top, rates: [first, learningRate], momenta: [maxMomentum, minMomentum] },
        { end: 2 * rising * steps - 2, rates: [learningRate, first], momenta: [minMomentum, maxMomentum] },
        { end: steps - 1, rates: [first, last], momenta: [maxMomentum, maxMomentum] },
      ]
    : [
        { end: top, rates: [first, learningRate], momenta: [maxMomentum, minMomentum] },
        { end: steps - 1, rates: [learningRate, last], momenta: [minMomentum, maxMomentum] },
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

export interface WarmupOptions {
  /** Steps of the rise. */
  steps: number;
}

/** Rises to the first rate of `after` in `steps` equal parts, the first step having one of them; then goes on as `after`. */
export function warmup(after: Schedule, options: WarmupOptions): Schedule {
  const { steps } = checkOptions('warmup()', options, ['steps']);
  allPositive('warmup', { steps });
  return {
    ...after,
    rate: (at) => (at < steps ? (after.rate(0) * (at + 1)) / steps : after.rate(at - steps)),
    ...(after.momentum && { momentum: (at: number) => after.momentum!(Math.max(0, at - steps)) }),
  };
}

export interface RisingOptions extends RateOptions, WarmupOptions {
  /** The first rate is `learningRate * factor`. */
  factor: number;
}

const risingOptions = ['learningRate', 'factor', 'steps'] as const;

/** From `learningRate * factor` in a straight line to `learningRate`, which step `steps` and all later ones have. */
export function linearWarmup(options: RisingOptions): Schedule {
  const { learningRate, factor, steps } = checkOptions('linearWarmup()', options, risingOptions);
  allPositive('linearWarmup', { learningRate, steps });
  numberIn('linearWarmup(): factor', factor, { from: 0 });
  return { rate: (at) => learningRate * (factor + ((1 - factor) * Math.min(at, steps)) / steps) };
}

/** `learningRate * factor` for `steps` steps, then `learningRate`. */
export function constantWarmup(options: RisingOptions): Schedule {
  const { learningRate, factor, steps } = checkOptions('constantWarmup()', options, risingOptions);
  allPositive('constantWarmup', { learningRate, factor, steps });
  return { rate: (at) => (at < steps ? learningRate * factor : learningRate) };
}

export interface PlateauOptions extends RateOptions {
  /** What the rate is multiplied by. Default: 0.1. */
  factor?: number;
  /** Epochs without an improvement that are borne. Default: 10. */
  patience?: number;
  /** An improvement is a loss below the best one times (1 - threshold). Default: 1e-4. */
  threshold?: number;
  /** The lowest rate. Default: 0. */
  min?: number;
}

/** Multiplies the rate by `factor` when the observed loss has not improved for more than `patience` epochs. */
export function reduceOnPlateau(options: PlateauOptions): Schedule {
  const known = ['learningRate', 'factor', 'patience', 'threshold', 'min'] as const;
  const given = checkOptions('reduceOnPlateau()', options, known);
  const { learningRate, factor = 0.1, patience = 10, threshold = 1e-4, min = 0 } = given;
  allPositive('reduceOnPlateau', { learningRate, factor });
  for (const [name, value] of Object.entries({ patience, threshold, min })) {
    numberIn(`reduceOnPlateau(): ${name}`, value, { from: 0, infinite: true });
  }
  let [rate, best, bad] = [learningRate, Number.POSITIVE_INFINITY, 0];
  return {
    rate: () => rate,
    observe(loss) {
      const improved = loss < (best === Number.POSITIVE_INFINITY ? best : best * (1 - threshold));
      if (improved) best = loss;
      bad = improved ? 0 : bad + 1;
      if (bad <= patience) return;
      rate = Math.max(rate * factor, min);
      bad = 0;
    },
    save: () => ({ rate, best, bad }),
    restore(saved) {
      const of = (name: string) => `reduceOnPlateau(): the checkpoint's ${name}`;
      rate = numberIn(of('rate'), saved.rate, { from: 0 });
      best = numberIn(of('best'), saved.best, { infinite: true });
      bad = numberIn(of('bad'), saved.bad, { from: 0, whole: true });
    },
  };
}

/** From `high` at place 0 to `low` at place 1 along half a cosine. */
function between(low: number, high: number, place: number): number {
  return low + ((high - low) * (1 + cosineOf(Math.PI * place))) / 2;
}

function allPositive(schedule: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) numberIn(`${schedule}(): ${name}`, value, { above: 0 });
}
