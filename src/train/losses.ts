// Losses: what a network's output and the targets come to, as operators. Formulas and defaults are PyTorch's
// (torch.nn.functional). Targets and predictions have the same shape, but labels, which name a class for each row.

import { QuadlaneError } from '../errors.js';
import type { Composition } from '../ops/operator.js';
import { checkOptions, flag, numberIn } from '../options.js';
import { formatShape, normalizeAxis, sameShape, sizeOf } from '../shape.js';
import { type DType, type Tensor, type TensorType, tensor } from '../tensor.js';
import type { Loss, Reduction } from './loss.js';

export interface LossOptions {
  /** Default: `mean`. */
  reduction?: Reduction;
}

const lossOptions = ['reduction'] as const;

const isLabels = ({ dtype }: TensorType) => dtype === 'int32' || dtype === 'int64';

export interface CrossEntropyOptions extends LossOptions {
  /** Part of each target that goes to all classes evenly. Default: 0. */
  labelSmoothing?: number;
  /** Weight of each class; for labels only. */
  classWeights?: readonly number[];
  /** The axis of the prediction that counts classes. Default: the last one. */
  axis?: number;
}

/**
 * Softmax and cross entropy of logits `[N, ..., K]`. Targets: labels `[N, ...]` (int32 or int64, 0 to K - 1), or
 * distributions of the logits' shape (float32).
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  const known = ['labelSmoothing', 'classWeights', 'axis', ...lossOptions] as const;
  const {
    labelSmoothing = 0,
    classWeights,
    axis = -1,
    reduction = 'mean',
  } = checkOptions('crossEntropy()', options, known);
  numberIn('labelSmoothing', labelSmoothing, { from: 0, below: 1 });
  return {
    ...classes('crossEntropy', axis),
    reduction,
    targets(prediction, given) {
      if (isLabels(given)) return classes('crossEntropy', axis).targets(prediction, given);
      return like('crossEntropy', prediction, given);
    },
    terms(build, prediction, targets) {
      const logits = classesLast(build, prediction, axis);
      const labelled = isLabels(build.type(targets));
      if (!classWeights) {
        const goals = labelled ? targets : classesLast(build, targets, axis);
        return { values: build.apply('softmaxCrossEntropy', [logits, goals], { labelSmoothing }) };
      }
      if (!labelled) throw new QuadlaneError('ARGUMENT', 'classWeights go with labels, not with distributions');
      const count = build.type(logits).shape.at(-1)!;
      const weights = build.constant(weightsOf(classWeights, count), 'weights');
      const hot = oneHot(build, targets, count);
      const even = build.scalar(labelSmoothing / count);
      const smooth = build.binary('add', build.binary('mul', hot, build.scalar(1 - labelSmoothing)), even);
      const logs = build.apply('softmax', [logits], { axis: -1, log: true });
      const weighted = build.binary('mul', build.binary('mul', smooth, weights), logs);
      const divisor = build.apply('reduce', [build.binary('mul', hot, weights)], { reduction: 'sum', keepDims: false });
      return { values: build.unary('neg', overClasses(build, weighted)), divisor };
    },
  };
}

export interface MultiMarginOptions extends LossOptions {
  /** Default: 1. */
  margin?: number;
  /** Power of what is above the margin: 1 or 2. Default: 1. */
  power?: 1 | 2;
  classWeights?: readonly number[];
  /** The axis of the prediction that counts classes. Default: the last one. */
  axis?: number;
}

/** Multi-class hinge loss (a multi-class support vector machine) of scores `[N, ..., K]` for labels `[N, ...]`. */
export function multiMargin(options: MultiMarginOptions = {}): Loss {
  const known = ['margin', 'power', 'classWeights', 'axis', ...lossOptions] as const;
  const {
    margin = 1,
    power = 1,
    classWeights,
    axis = -1,
    reduction = 'mean',
  } = checkOptions('multiMargin()', options, known);
  numberIn('margin', margin, {});
  numberIn('power', power, { from: 1, to: 2, whole: true });
  return {
    ...classes('multiMargin', axis),
    reduction,
    terms(build, prediction, targets) {
      const scores = classesLast(build, prediction, axis);
      const count = build.type(scores).shape.at(-1)!;
      const hot = oneHot(build, targets, count);
      const own = overClasses(build, build.binary('mul', scores, hot), true);
      const above = build.binary('add', build.binary('sub', scores, own), build.scalar(margin));
      const clip = { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY };
      const hinge = build.apply('activation', [above], clip);
      const others = build.binary('sub', build.scalar(1), hot);
      const powered = power === 2 ? build.binary('mul', hinge, hinge) : hinge;
      const rows = overClasses(
        build,
        build.binary('mul', powered, build.binary('mul', others, build.scalar(1 / count))),
      );
      if (!classWeights) return { values: rows };
      const weights = build.constant(weightsOf(classWeights, count), 'weights');
      return { values: build.binary('mul', rows, overClasses(build, build.binary('mul', hot, weights))) };
    },
  };
}

/** Squared differences. */
export function meanSquaredError(options: LossOptions = {}): Loss {
  checkOptions('meanSquaredError()', options, lossOptions);
  return elementwise('meanSquaredError', options, (build, x, t) => {
    const difference = build.binary('sub', x, t);
    return build.binary('mul', difference, difference);
  });
}

/** Absolute differences. */
export function l1(options: LossOptions = {}): Loss {
  checkOptions('l1()', options, lossOptions);
  return elementwise('l1', options, (build, x, t) => build.unary('abs', build.binary('sub', x, t)));
}

/** `c (d - c / 2)`, d the difference and c what of it lies within `delta` of 0: d^2 / 2 inside, linear outside. */
function huberTerms(build: Composition, x: string, t: string, delta: number): string {
  const difference = build.binary('sub', x, t);
  const near = build.apply('activation', [difference], { activation: 'clip', alpha: -delta, beta: delta });
  return build.binary('mul', near, build.binary('sub', difference, build.binary('mul', near, build.scalar(0.5))));
}

export interface HuberOptions extends LossOptions {
  /** Where the squares end. Default: 1. */
  delta?: number;
}

/** Half squares of differences up to `delta`, linear beyond (Huber 1964). */
export function huber(options: HuberOptions = {}): Loss {
  const { delta = 1 } = checkOptions('huber()', options, ['delta', ...lossOptions]);
  numberIn('delta', delta, { above: 0 });
  return elementwise('huber', options, (build, x, t) => huberTerms(build, x, t, delta));
}

export interface SmoothL1Options extends LossOptions {
  /** Where the squares end. Default: 1. */
  beta?: number;
}

/** Huber's loss over `beta`, its corner: slope 1 outside (Girshick 2015). */
export function smoothL1(options: SmoothL1Options = {}): Loss {
  const { beta = 1 } = checkOptions('smoothL1()', options, ['beta', ...lossOptions]);
  numberIn('beta', beta, { above: 0 });
  return elementwise('smoothL1', options, (build, x, t) =>
    build.binary('mul', huberTerms(build, x, t, beta), build.scalar(1 / beta)),
  );
}

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** Whether predictions are logits rather than probabilities. Default: true. */
  logits?: boolean;
  /** Weight of targets of 1 against those of 0, for each element of the last axis; with logits only. */
  positiveWeights?: readonly number[];
}

/** No logarithm below this: a wrong certainty costs 100, not infinity. */
const LEAST_LOG = -100;

/** Cross entropy of independent probabilities, given as logits unless `logits` is false; targets from 0 to 1. */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): Loss {
  const known = ['logits', 'positiveWeights', ...lossOptions] as const;
  const { logits = true, positiveWeights } = checkOptions('binaryCrossEntropy()', options, known);
  flag('logits', logits);
  if (!logits && positiveWeights) throw new QuadlaneError('ARGUMENT', 'positiveWeights go with logits');
  return elementwise('binaryCrossEntropy', options, (build, x, t) => {
    const { binary, unary, scalar } = build;
    const rest = (value: string) => binary('sub', scalar(1), value);
    if (logits) {
      // -log sigmoid(x) = softplus(-x), and -log(1 - sigmoid(x)) is that plus x.
      const cost = build.apply('activation', [unary('neg', x)], { activation: 'softplus' });
      if (!positiveWeights) return binary('add', binary('mul', rest(t), x), cost);
      const weights = build.constant(weightsOf(positiveWeights, build.type(x).shape.at(-1) ?? 1), 'weights');
      const factor = binary('add', binary('mul', binary('sub', weights, scalar(1)), t), scalar(1));
      return binary('add', binary('mul', rest(t), x), binary('mul', factor, cost));
    }
    const log = (value: string) => binary('max', unary('log', value), scalar(LEAST_LOG));
    return unary('neg', binary('add', binary('mul', t, log(x)), binary('mul', rest(t), log(rest(x)))));
  });
}

/** Kullback-Leibler divergence of target distributions from predicted log-probabilities. Default: `batchMean`. */
export function klDivergence(options: LossOptions = {}): Loss {
  checkOptions('klDivergence()', options, lossOptions);
  return elementwise('klDivergence', { reduction: 'batchMean', ...options }, (build, x, t) => {
    const zero = build.scalar(0);
    const none = build.apply('compare', [t, zero], { operation: 'equal' });
    const log = build.apply('where', [none, zero, build.unary('log', t)], {});
    return build.binary('mul', t, build.binary('sub', log, x));
  });
}

/** A loss of each element. */
function elementwise(
  name: string,
  { reduction = 'mean' }: LossOptions,
  terms: (build: Composition, prediction: string, targets: string) => string,
): Loss {
  return {
    name,
    reduction,
    targets: (prediction, given) => like(name, prediction, given),
    terms: (build, prediction, targets) => ({ values: terms(build, prediction, targets) }),
  };
}

/** Targets of the prediction's shape. */
function like(name: string, prediction: TensorType, given: TensorType): DType {
  if (given.dtype === 'float32' && sameShape(given.shape, prediction.shape)) return 'float32';
  throw new QuadlaneError(
    'SHAPE',
    `${name} of predictions ${formatShape(prediction.shape)} takes float32 targets of that shape, not ${given.dtype} ${formatShape(given.shape)}`,
    { shapes: [prediction.shape, given.shape] },
  );
}

/** What losses for labels have in common. */
function classes(
  name: string,
  axis: number,
): Pick<Loss, 'name' | 'targets' | 'check' | 'classAxis'> & Pick<Required<Loss>, 'targets'> {
  return {
    name,
    targets({ shape }, given) {
      const rows = shape.toSpliced(normalizeAxis(axis, shape.length), 1);
      if (isLabels(given) && sameShape(given.shape, rows)) return 'int32';
      throw new QuadlaneError(
        'SHAPE',
        `${name} of predictions ${formatShape(shape)} takes labels ${formatShape(rows)} (int32 or int64), not ${given.dtype} ${formatShape(given.shape)}`,
        { shapes: [shape, given.shape] },
      );
    },
    check(targets, { shape }) {
      if (!isLabels(targets)) return;
      const count = shape[normalizeAxis(axis, shape.length)];
      const perSample = sizeOf(targets.shape.slice(1));
      const wrong = (targets.data as Int32Array).findIndex((label) => label < 0 || label >= count);
      if (wrong < 0) return;
      throw new QuadlaneError(
        'ARGUMENT',
        `sample ${Math.floor(wrong / perSample)} has the label ${targets.data[wrong]}, but the network's classes are 0 to ${count - 1}`,
      );
    },
    classAxis: ({ shape }, targets) => (isLabels(targets) ? normalizeAxis(axis, shape.length) : undefined),
  };
}

function weightsOf(weights: readonly number[], count: number): Tensor {
  if (weights.length === count) return tensor(Float32Array.from(weights));
  throw new QuadlaneError('ARGUMENT', `${count} weights are needed, one a class, not ${weights.length}`);
}

/** `value` with the axis of its classes last. */
function classesLast(build: Composition, value: string, axis: number): string {
  const { shape } = build.type(value);
  const at = normalizeAxis(axis, shape.length);
  if (at === shape.length - 1) return value;
  const order = [...shape.keys()];
  return build.apply('transpose', [value], { permutation: [...order.toSpliced(at, 1), at] });
}

/** Labels `[...]` as `[..., count]`: 1 at the label, 0 elsewhere. */
function oneHot(build: Composition, labels: string, count: number): string {
  const { shape } = build.type(labels);
  const wide = build.apply('reshape', [labels], { shape: [...shape, 1], allowZero: true });
  const places = build.constant(tensor(Int32Array.from({ length: count }, (_, place) => place)), 'places');
  return build.apply('cast', [build.apply('compare', [wide, places], { operation: 'equal' })], { to: 'float32' });
}

function overClasses(build: Composition, value: string, keepDims = false): string {
  return build.apply('reduce', [value], { reduction: 'sum', axes: [-1], keepDims });
}
