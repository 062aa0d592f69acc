// Operators called on tensors that work element by element, activations among them.

import { activation as activationOperator } from '../ops/elementwise/activation.js';
import { type ActivationOptions, activationOf, activationOptions } from '../ops/elementwise/activationOptions.js';
import { binary as binaryOperator } from '../ops/elementwise/binary.js';
import { cast as castOperator } from '../ops/elementwise/cast.js';
import { compare as compareOperator } from '../ops/elementwise/compare.js';
import { dropout as dropoutOperator } from '../ops/elementwise/dropout.js';
import { identity as identityOperator } from '../ops/elementwise/identity.js';
import { logical as logicalOperator } from '../ops/elementwise/logical.js';
import { scaleShift as scaleShiftOperator } from '../ops/elementwise/scaleShift.js';
import { unary as unaryOperator } from '../ops/elementwise/unary.js';
import { where as whereOperator } from '../ops/elementwise/where.js';
import { constantOfShape } from '../ops/layout/constantOfShape.js';
import { checkOptions, numberIn } from '../options.js';
import type { DType, Tensor } from '../tensor.js';
import { apply } from './apply.js';

const unary =
  (operation: string) =>
  (x: Tensor): Tensor<'float32'> =>
    apply(unaryOperator, [x], { operation }) as Tensor<'float32'>;

/** `|x|`. */
export const abs = /* @__PURE__ */ unary('abs');
/** `-x`. */
export const neg = /* @__PURE__ */ unary('neg');
/** `e^x`. */
export const exp = /* @__PURE__ */ unary('exp');
/** Natural logarithm. */
export const log = /* @__PURE__ */ unary('log');
/** Square root. */
export const sqrt = /* @__PURE__ */ unary('sqrt');
/** `1 / x`. */
export const reciprocal = /* @__PURE__ */ unary('reciprocal');
/** The greatest integer that isn't above `x`. */
export const floor = /* @__PURE__ */ unary('floor');
/** The least integer that isn't below `x`. */
export const ceil = /* @__PURE__ */ unary('ceil');
/** The nearest integer, halves to the even one. */
export const round = /* @__PURE__ */ unary('round');
/** -1, 0 or 1; NaN stays NaN. */
export const sign = /* @__PURE__ */ unary('sign');
/** Error function. */
export const erf = /* @__PURE__ */ unary('erf');
/** Sine. */
export const sin = /* @__PURE__ */ unary('sin');
/** Cosine. */
export const cos = /* @__PURE__ */ unary('cos');

const binary =
  (operation: string) =>
  <T extends Tensor>(a: T, b: T): T =>
    apply(binaryOperator, [a, b], { operation }) as T;

/** `a + b`, broadcast. */
export const add = /* @__PURE__ */ binary('add');
/** `a - b`, broadcast. */
export const sub = /* @__PURE__ */ binary('sub');
/** `a * b`, broadcast. */
export const mul = /* @__PURE__ */ binary('mul');
/** `a / b`, broadcast; that of integers is cut toward zero. */
export const div = /* @__PURE__ */ binary('div');
/** The lesser of `a` and `b`, broadcast; NaN where either is NaN. */
export const minimum = /* @__PURE__ */ binary('min');
/** The greater of `a` and `b`, broadcast; NaN where either is NaN. */
export const maximum = /* @__PURE__ */ binary('max');
/** `a^b`, broadcast. */
export const pow = /* @__PURE__ */ binary('pow');
/** What division leaves, with the sign of the divisor, broadcast. */
export const mod = /* @__PURE__ */ binary('mod');
/** What division leaves, with the sign of the dividend, broadcast. */
export const remainder = /* @__PURE__ */ binary('remainder');

const compare =
  (operation: string) =>
  (a: Tensor, b: Tensor): Tensor<'bool'> =>
    apply(compareOperator, [a, b], { operation }) as Tensor<'bool'>;

/** `a < b`, broadcast. */
export const less = /* @__PURE__ */ compare('less');
/** `a > b`, broadcast. */
export const greater = /* @__PURE__ */ compare('greater');
/** `a = b`, broadcast. */
export const equal = /* @__PURE__ */ compare('equal');
/** `a <= b`, broadcast. */
export const lessEqual = /* @__PURE__ */ compare('lessOrEqual');
/** `a >= b`, broadcast. */
export const greaterEqual = /* @__PURE__ */ compare('greaterOrEqual');

const logical =
  (operation: string) =>
  (a: Tensor, b: Tensor): Tensor<'bool'> =>
    apply(logicalOperator, [a, b], { operation }) as Tensor<'bool'>;

/** Where both hold, broadcast. */
export const logicalAnd = /* @__PURE__ */ logical('and');
/** Where either holds, broadcast. */
export const logicalOr = /* @__PURE__ */ logical('or');
/** Where exactly one holds, broadcast. */
export const logicalXor = /* @__PURE__ */ logical('xor');
/** Where it doesn't hold. */
export function logicalNot(x: Tensor): Tensor<'bool'> {
  return apply(logicalOperator, [x], { operation: 'not' }) as Tensor<'bool'>;
}

/** `a` where `condition` (bool) holds, `b` elsewhere; all three broadcast. */
export function where<T extends Tensor>(condition: Tensor, a: T, b: T): T {
  return apply(whereOperator, [condition, a, b], {}) as T;
}

/**
 * The elements converted. To integers floats are cut toward zero and integers lose their upper bits; bool is 0 or 1; to floats the nearest
 * one, ties to even: beyond 65504 a float16 is infinite.
 */
export function cast<D extends DType>(x: Tensor, to: D): Tensor<D> {
  return apply(castOperator, [x], { to }) as Tensor<D>;
}

/** The values themselves, as a new tensor. */
export function identity<T extends Tensor>(x: T): T {
  return apply(identityOperator, [x], {}) as T;
}

/** What dropout does to `x` in inference: nothing. */
export function dropout<T extends Tensor>(x: T): T {
  return apply(dropoutOperator, [x], {}, { constantOfShape }) as T;
}

/** `x * scale + shift` of `[..., C]`, `scale` and `shift` being `[C]`. */
export function scaleShift(x: Tensor, scale: Tensor, shift: Tensor): Tensor<'float32'> {
  return apply(scaleShiftOperator, [x, scale, shift], {}) as Tensor<'float32'>;
}

/** Any activation by name. */
export function activation(x: Tensor, options: ActivationOptions): Tensor<'float32'> {
  checkOptions('activation', options, activationOptions);
  return activate(x, options);
}

function activate(x: Tensor, options: ActivationOptions): Tensor<'float32'> {
  return apply(activationOperator, [x], activationOf(options)) as Tensor<'float32'>;
}

const named =
  (activation: NonNullable<ActivationOptions['activation']>) =>
  (x: Tensor): Tensor<'float32'> =>
    activate(x, { activation });

/** `max(0, x)`. */
export const relu = /* @__PURE__ */ named('relu');
/** `min(6, max(0, x))`. */
export const relu6 = /* @__PURE__ */ named('relu6');
/** `1 / (1 + e^-x)`. */
export const sigmoid = /* @__PURE__ */ named('sigmoid');
/** Hyperbolic tangent. */
export const tanh = /* @__PURE__ */ named('tanh');

export interface ClipOptions {
  /** Default: none. */
  min?: number;
  /** Default: none. */
  max?: number;
}

/** `min(options.max, max(options.min, x))`. */
export function clip(x: Tensor, options: ClipOptions = {}): Tensor<'float32'> {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = checkOptions('clip', options, [
    'min',
    'max',
  ]);
  const any = { infinite: true };
  return activate(x, { activation: 'clip', alpha: numberIn('min', min, any), beta: numberIn('max', max, any) });
}

export interface AlphaOptions {
  alpha?: number;
}

/** `x` where positive, `alpha * x` elsewhere. Default: 0.01. */
export function leakyRelu(x: Tensor, options: AlphaOptions = {}): Tensor<'float32'> {
  return withAlpha('leakyRelu', x, options);
}

/** `x` where positive, `alpha * (e^x - 1)` elsewhere. Default: 1. */
export function elu(x: Tensor, options: AlphaOptions = {}): Tensor<'float32'> {
  return withAlpha('elu', x, options);
}

function withAlpha(activation: 'leakyRelu' | 'elu', x: Tensor, options: AlphaOptions): Tensor<'float32'> {
  const { alpha } = checkOptions(activation, options, ['alpha']);
  return activate(x, {
    activation,
    ...(alpha !== undefined && { alpha: numberIn('alpha', alpha, { infinite: true }) }),
  });
}
