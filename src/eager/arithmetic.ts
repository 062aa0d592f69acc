// Operators called on tensors that work element by element, and those that sum axes up.

import type { DType, Tensor } from '../tensor.js';
import { apply } from './apply.js';

const unary =
  (operation: string) =>
  (x: Tensor): Tensor =>
    apply('unary', [x], { operation });

/** `|x|`. */
export const abs = unary('abs');
/** `-x`. */
export const neg = unary('neg');
/** `e^x`. */
export const exp = unary('exp');
/** Natural logarithm. */
export const log = unary('log');
/** Square root. */
export const sqrt = unary('sqrt');
/** `1 / x`. */
export const reciprocal = unary('reciprocal');
/** The greatest integer that isn't above `x`. */
export const floor = unary('floor');
/** The least integer that isn't below `x`. */
export const ceil = unary('ceil');
/** The nearest integer, halves to the even one. */
export const round = unary('round');
/** -1, 0 or 1; NaN stays NaN. */
export const sign = unary('sign');
/** Error function. */
export const erf = unary('erf');
/** Sine. */
export const sin = unary('sin');
/** Cosine. */
export const cos = unary('cos');

const binary =
  (operation: string) =>
  (a: Tensor, b: Tensor): Tensor =>
    apply('binary', [a, b], { operation });

/** `a + b`, broadcast. */
export const add = binary('add');
/** `a - b`, broadcast. */
export const sub = binary('sub');
/** `a * b`, broadcast. */
export const mul = binary('mul');
/** `a / b`, broadcast; that of integers is cut toward zero. */
export const div = binary('div');
/** The lesser of `a` and `b`, broadcast; NaN where either is NaN. */
export const minimum = binary('min');
/** The greater of `a` and `b`, broadcast; NaN where either is NaN. */
export const maximum = binary('max');
/** `a^b`, broadcast. */
export const pow = binary('pow');
/** What division leaves, with the sign of the divisor, broadcast. */
export const mod = binary('mod');
/** What division leaves, with the sign of the dividend, broadcast. */
export const remainder = binary('remainder');

const compare =
  (operation: string) =>
  (a: Tensor, b: Tensor): Tensor<'bool'> =>
    apply('compare', [a, b], { operation }) as Tensor<'bool'>;

/** `a < b`, broadcast. */
export const less = compare('less');
/** `a > b`, broadcast. */
export const greater = compare('greater');
/** `a = b`, broadcast. */
export const equal = compare('equal');
/** `a <= b`, broadcast. */
export const lessEqual = compare('lessOrEqual');
/** `a >= b`, broadcast. */
export const greaterEqual = compare('greaterOrEqual');

const logical =
  (operation: string) =>
  (a: Tensor, b: Tensor): Tensor<'bool'> =>
    apply('logical', [a, b], { operation }) as Tensor<'bool'>;

/** Where both hold, broadcast. */
export const logicalAnd = logical('and');
/** Where either holds, broadcast. */
export const logicalOr = logical('or');
/** Where exactly one holds, broadcast. */
export const logicalXor = logical('xor');
/** Where it doesn't hold. */
export function logicalNot(x: Tensor): Tensor<'bool'> {
  return apply('logical', [x], { operation: 'not' }) as Tensor<'bool'>;
}

/** `a` where `condition` (bool) holds, `b` elsewhere; all three broadcast. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return apply('where', [condition, a, b], {});
}

/** The elements converted: floats are cut toward zero, integers lose their upper bits, bool is 0 or 1. */
export function cast<D extends DType>(x: Tensor, to: D): Tensor<D> {
  return apply('cast', [x], { to }) as Tensor<D>;
}

/** The values themselves, as a new tensor. */
export function identity(x: Tensor): Tensor {
  return apply('identity', [x], {});
}

/** What dropout does to `x` in inference: nothing. */
export function dropout(x: Tensor): Tensor {
  return apply('dropout', [x], {});
}

/** `x * scale + shift` of `[..., C]`, `scale` and `shift` being `[C]`. */
export function scaleShift(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  return apply('scaleShift', [x, scale, shift], {});
}

export interface ReduceOptions {
  /** Default: all. */
  axes?: readonly number[];
  /** Reduced axes stay, with extent 1. Default: false. */
  keepDims?: boolean;
}

const reduce =
  (reduction: string) =>
  (x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor =>
    apply('reduce', [x], { reduction, axes, keepDims });

/** Sum over axes. */
export const sum = reduce('sum');
/** Mean over axes. */
export const mean = reduce('mean');
/** Greatest element over axes. */
export const max = reduce('max');
/** Least element over axes. */
export const min = reduce('min');
/** Product over axes. */
export const prod = reduce('prod');
/** Sum of `|x|` over axes. */
export const l1Norm = reduce('l1');
/** Root of the sum of squares over axes. */
export const l2Norm = reduce('l2');
/** Sum of squares over axes. */
export const sumSquare = reduce('sumSquare');
/** Logarithm of the sum over axes. */
export const logSum = reduce('logSum');
/** Logarithm of the sum of `e^x` over axes. */
export const logSumExp = reduce('logSumExp');
