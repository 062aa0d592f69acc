// Constraints: what weights are made to hold after every step. Formulas, defaults and the least norm are Keras's
// (keras.constraints).

import { QuadlaneError } from '../errors.js';
import type { Composition } from '../ops/operator.js';
import { checkOptions, numberIn } from '../options.js';
import { shown } from '../printable.js';
import type { Frozen } from './parameters.js';

/** Changes weights behind every step so that they hold something. */
export interface Constraint {
  readonly name: string;
  /** Those that it is for, by name. Default: all weights, which are trained parameters of two axes and more. */
  readonly of?: Frozen;
  /** Builds what replaces a weight, of its shape. */
  apply(build: Composition, weight: string): string;
}

export interface ConstraintOptions {
  /** Names of layers or parameters, biases too, or a function of a parameter's name. Default: all weights, and no biases. */
  of?: Frozen;
}

export interface NormConstraintOptions extends ConstraintOptions {
  /**
   * The axes over which norms are taken. Default: all but the first, so that each unit of a dense layer and each filter of a
   * convolution has a norm of its own.
   */
  axes?: readonly number[];
}

/** Keeps norms from vanishing as divisors. */
const LEAST_NORM = 1e-7;

/** Norms of at most `max`: w min(norm, max) / (1e-7 + norm). */
export function maxNorm(max = 2, options: NormConstraintOptions = {}): Constraint {
  numberIn('maxNorm(): max', max, { from: 0 });
  return normed('maxNorm', options, (build, norm) => build.binary('min', norm, build.scalar(max)));
}

/** Norms of 1: w / (1e-7 + norm). */
export function unitNorm(options: NormConstraintOptions = {}): Constraint {
  return normed('unitNorm', options, (build) => build.scalar(1));
}

/** No weight below 0: max(w, 0). */
export function nonNegative(options: ConstraintOptions = {}): Constraint {
  checkOptions('nonNegative()', options, ['of']);
  return { name: 'nonNegative', ...chosen(options), apply: (build, w) => build.binary('max', w, build.scalar(0)) };
}

function normed(
  name: string,
  options: NormConstraintOptions,
  wanted: (build: Composition, norm: string) => string,
): Constraint {
  const { axes } = checkOptions(`${name}()`, options, ['axes', 'of']);
  if (axes !== undefined && !(Array.isArray(axes) && axes.length > 0 && axes.every(Number.isSafeInteger))) {
    throw new QuadlaneError('ARGUMENT', `${name}(): axes must be a list of whole numbers; got ${shown(axes)}`);
  }
  return {
    name,
    ...chosen(options),
    apply(build, weight) {
      const { shape } = build.type(weight);
      const over = axes ?? (shape.length > 1 ? [...shape.keys()].slice(1) : [0]);
      const norm = build.apply('reduce', [weight], { reduction: 'l2', axes: [...over], keepDims: true });
      const factor = build.binary('div', wanted(build, norm), build.binary('add', norm, build.scalar(LEAST_NORM)));
      return build.binary('mul', weight, factor);
    },
  };
}

function chosen({ of }: ConstraintOptions): ConstraintOptions {
  return of === undefined ? {} : { of };
}
