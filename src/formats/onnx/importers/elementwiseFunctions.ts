// ONNX operators of one or few floats that are written as formulas: trigonometric and hyperbolic functions and their inverses,
// tests, gates. Each is good to a few units in the last place of a float32, where its terms cancel too.

import type { Importer, NodeContext } from '../context.js';
import { type Formulas, formulas } from '../formulas.js';

/** An operator of input 0. */
const formula =
  (rule: (f: Formulas, x: string, context: NodeContext) => string): Importer =>
  (context) => {
    context.emit('identity', [rule(formulas(context), context.input(0), context)]);
  };

/** atan(x) / x on [0, 1] by x^2, fitted for the least relative error: 1.6e-8. */
const ARC_TANGENT = [
  0.9999999848, -0.3333307334, 0.1999261939, -0.1420364442, 0.1064093386, -0.07504294178, 0.04269151502, -0.01606862635,
  0.002849888969,
];

/** atan(x): of x up to 1, else as what is left of a quarter of a circle. */
function arcTangent(f: Formulas, x: string): string {
  const size = f.unary('abs', x);
  const isLarge = f.compare('greater', size, 1);
  const small = f.where(isLarge, f.unary('reciprocal', size), size);
  const angle = f.mul(small, f.polynomial(f.mul(small, small), ARC_TANGENT));
  return f.mul(f.where(isLarge, f.sub(Math.PI / 2, angle), angle), f.unary('sign', x));
}

/** atanh(x) for small x: the odd series. */
function smallAreaTangent(f: Formulas, x: string): string {
  return f.mul(x, f.polynomial(f.mul(x, x), [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11]));
}

/** Below it the logarithm of something close to 1 loses digits. */
const SMALL = 0.25;

function areaTangent(f: Formulas, x: string): string {
  const logarithm = f.unary('log', f.div(f.add(x, 1), f.sub(1, x)));
  return f.where(f.compare('less', f.unary('abs', x), SMALL), smallAreaTangent(f, x), f.mul(logarithm, 0.5));
}

/** asinh(x) = sign(x) log(|x| + sqrt(x^2 + 1)) = atanh(x / sqrt(x^2 + 1)); beyond 2^32, where squares end, log(2 |x|). */
function areaSine(f: Formulas, x: string): string {
  const size = f.unary('abs', x);
  const root = f.unary('sqrt', f.add(f.mul(x, x), 1));
  const logarithm = f.unary('log', f.add(size, root));
  const large = f.add(f.unary('log', size), Math.LN2);
  const apart = f.mul(f.where(f.compare('greater', size, 2 ** 32), large, logarithm), f.unary('sign', x));
  return f.where(f.compare('less', size, SMALL), smallAreaTangent(f, f.div(x, root)), apart);
}

/** acosh(x) = log(x + sqrt(x - 1) sqrt(x + 1)), near 1 as atanh(t / x), t being the product of the roots. */
function areaCosine(f: Formulas, x: string): string {
  const roots = f.mul(f.unary('sqrt', f.sub(x, 1)), f.unary('sqrt', f.add(x, 1)));
  const ratio = f.div(roots, x);
  return f.where(f.compare('less', ratio, SMALL), smallAreaTangent(f, ratio), f.unary('log', f.add(x, roots)));
}

/** Half of exp(x) and half of exp(-x), also where exp(x) itself is too large. */
function halves(f: Formulas, x: string): readonly [string, string] {
  const half = (value: string) => f.unary('exp', f.sub(value, Math.LN2));
  return [half(x), half(f.unary('neg', x))];
}

function hyperbolicSine(f: Formulas, x: string): string {
  const small = f.mul(x, f.polynomial(f.mul(x, x), [1, 1 / 6, 1 / 120, 1 / 5040, 1 / 362880]));
  return f.where(f.compare('less', f.unary('abs', x), 1), small, f.sub(...halves(f, x)));
}

/** sqrt((1 - x) / (1 + x)) is the tangent of half the angle. */
function arcCosine(f: Formulas, x: string): string {
  return f.mul(arcTangent(f, f.unary('sqrt', f.div(f.sub(1, x), f.add(x, 1)))), 2);
}

const isInfinite: Importer = (context) => {
  const [f, x] = [formulas(context), context.input(0)];
  const [negative, positive] = ['detect_negative', 'detect_positive'].map((name) => context.integer(name, 1) === 1);
  const infinity = Number.POSITIVE_INFINITY;
  if (negative && positive)
    context.emit('compare', [f.unary('abs', x), context.scalar(infinity)], { operation: 'equal' });
  else if (positive) context.emit('compare', [x, context.scalar(infinity)], { operation: 'equal' });
  else if (negative) context.emit('compare', [x, context.scalar(-infinity)], { operation: 'equal' });
  else context.emit('compare', [x, x], { operation: 'less' });
};

/** x sigmoid(alpha x) of the first input, times the second. */
const swiglu: Importer = (context) => {
  const f = formulas(context);
  const alpha = context.float('alpha', 1);
  const x = context.input(0);
  const gated = alpha === 1 ? f.activation('silu', x) : f.mul(x, f.activation('sigmoid', f.mul(x, alpha)));
  context.emit('binary', [gated, context.input(1)], { operation: 'mul' });
};

/** An activation of input 0, plus input 1 where that is there. */
const biased =
  (activation: string): Importer =>
  (context) => {
    const x = context.has(1) ? formulas(context).add(context.input(0), context.input(1)) : context.input(0);
    context.emit('activation', [x], { activation, alpha: 0, beta: 0 });
  };

const quickGelu: Importer = (context) => {
  const f = formulas(context);
  const x = context.input(0);
  const gate = f.activation('sigmoid', f.mul(x, context.float('alpha', 1.702)));
  context.emit('binary', [x, gate], { operation: 'mul' });
};

export const elementwiseFunctions: Record<string, Importer> = {
  Acos: formula(arcCosine),
  Acosh: formula(areaCosine),
  Asin: formula((f, x) => arcTangent(f, f.div(x, f.unary('sqrt', f.mul(f.sub(1, x), f.add(x, 1)))))),
  Asinh: formula(areaSine),
  Atan: formula(arcTangent),
  Atanh: formula(areaTangent),
  Cosh: formula((f, x) => f.add(...halves(f, x))),
  IsInf: isInfinite,
  IsNaN: (context) => {
    const equal = context.step('compare', [context.input(0), context.input(0)], { operation: 'equal' });
    context.emit('logical', [equal], { operation: 'not' });
  },
  Sinh: formula(hyperbolicSine),
  SwiGLU: swiglu,
  Tan: formula((f, x) => f.div(f.unary('sin', x), f.unary('cos', x))),
  'com.microsoft.BiasGelu': biased('gelu'),
  'com.microsoft.FastGelu': biased('geluTanh'),
  'com.microsoft.Gelu': biased('gelu'),
  'com.microsoft.QuickGelu': quickGelu,
};
