// Gradients of functions of single elements, and of arithmetic of two tensors that broadcast. Where a function has no
// derivative the rule takes what PyTorch takes: 0 at the corner of |x|, half for each of two equal maxima.

import type { Differentiation, GradientRule } from '../gradientRule.js';
import { indicator, sumTo } from '../lowering/gradientShapes.js';

export const binary: GradientRule = (build) => {
  const [left, right] = build.inputs;
  const rule = ofBinary[build.attributes.operation as string];
  const gradients = rule(build, left, right, build.gradient(), build.output());
  return gradients.map((gradient, index) => {
    if (!build.wants(index)) return undefined;
    return sumTo(build, gradient(), build.type(build.inputs[index]).shape);
  });
};

type Lazily = () => string;
type BinaryRule = (build: Differentiation, a: string, b: string, gy: string, y: string) => readonly [Lazily, Lazily];

const ofBinary: Record<string, BinaryRule> = {
  add: (_, _a, _b, gy) => [() => gy, () => gy],
  sub: (build, _a, _b, gy) => [() => gy, () => build.unary('neg', gy)],
  mul: (build, a, b, gy) => [() => build.binary('mul', gy, b), () => build.binary('mul', gy, a)],
  div: (build, _, b, gy, y) => [
    () => build.binary('div', gy, b),
    () => build.unary('neg', build.binary('div', build.binary('mul', gy, y), b)),
  ],
  min: (build, a, b, gy) => extreme(build, 'less', a, b, gy),
  max: (build, a, b, gy) => extreme(build, 'greater', a, b, gy),
  pow: (build, a, b, gy, y) => [
    () => {
      const zero = build.scalar(0);
      const slope = build.binary('mul', b, build.binary('pow', a, build.binary('sub', b, build.scalar(1))));
      const constant = build.apply('compare', [b, zero], { operation: 'equal' });
      return build.binary('mul', gy, build.apply('where', [constant, zero, slope], {}));
    },
    () => {
      const zero = build.scalar(0);
      const slope = build.binary('mul', y, build.unary('log', a));
      const flat = build.apply('compare', [a, zero], { operation: 'equal' });
      return build.binary('mul', gy, build.apply('where', [flat, zero, slope], {}));
    },
  ],
  mod: quotient,
  remainder: quotient,
};

/** Of a - b q, where the whole number q doesn't move. */
function quotient(build: Differentiation, a: string, b: string, gy: string, y: string) {
  const whole = () => build.binary('div', build.binary('sub', y, a), b);
  return [() => gy, () => build.binary('mul', gy, whole())] as const;
}

/** All to the one that the comparison holds for, half to each of equals. */
function extreme(build: Differentiation, operation: string, a: string, b: string, gy: string) {
  const share = (one: string, other: string) => {
    const half = build.binary('mul', indicator(build, 'equal', one, other), build.scalar(0.5));
    return build.binary('mul', gy, build.binary('add', indicator(build, operation, one, other), half));
  };
  return [() => share(a, b), () => share(b, a)] as const;
}

export const unary: GradientRule = (build) => {
  const [x] = build.inputs;
  const slope = ofUnary[build.attributes.operation as string];
  if (!slope) return [undefined];
  return [slope(build, x, build.gradient(), build.output())];
};

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Gradients by gy, x and y; functions that aren't here are flat wherever they have a derivative. */
const ofUnary: Record<string, (build: Differentiation, x: string, gy: string, y: string) => string> = {
  abs: (build, x, gy) => build.binary('mul', gy, build.unary('sign', x)),
  neg: (build, _, gy) => build.unary('neg', gy),
  exp: (build, _, gy, y) => build.binary('mul', gy, y),
  log: (build, x, gy) => build.binary('div', gy, x),
  sqrt: (build, _, gy, y) => build.binary('div', build.binary('mul', gy, build.scalar(0.5)), y),
  reciprocal: (build, _, gy, y) => build.unary('neg', build.binary('mul', gy, build.binary('mul', y, y))),
  erf(build, x, gy) {
    const bell = build.unary('exp', build.unary('neg', build.binary('mul', x, x)));
    return build.binary('mul', gy, build.binary('mul', bell, build.scalar(TWO_OVER_SQRT_PI)));
  },
  sin: (build, x, gy) => build.binary('mul', gy, build.unary('cos', x)),
  cos: (build, x, gy) => build.unary('neg', build.binary('mul', gy, build.unary('sin', x))),
};

/** Activations whose derivative follows from their result: what went into them needn't be kept. */
const fromOutput = new Set(['clip', 'sigmoid', 'tanh', 'hardSigmoid']);
/** Those for which that holds only where the result keeps the sign of the argument. */
const fromSignedOutput = new Set(['leakyRelu', 'elu', 'selu', 'celu']);

export const activation: GradientRule = ({ apply, attributes, inputs: [input], output, gradient }) => {
  const name = attributes.activation as string;
  const keepsSign = ((attributes.alpha ?? 0) as number) >= 0 && ((attributes.beta ?? 0) as number) >= 0;
  const of = fromOutput.has(name) || (fromSignedOutput.has(name) && keepsSign) ? 'output' : 'input';
  const value = of === 'output' ? output() : input;
  return [apply('activationGradient', [value, gradient()], { ...attributes, of })];
};

export const where: GradientRule = (build) => {
  const [condition, left, right] = build.inputs;
  const zero = build.scalar(0);
  const part = (values: readonly string[], like: string) =>
    sumTo(build, build.apply('where', [condition, ...values], {}), build.type(like).shape);
  return [
    undefined,
    build.wants(1) ? part([build.gradient(), zero], left) : undefined,
    build.wants(2) ? part([zero, build.gradient()], right) : undefined,
  ];
};

/** Rounding to another type is flat; floats pass. */
export const cast: GradientRule = ({ attributes, gradient }) => [attributes.to === 'float32' ? gradient() : undefined];
