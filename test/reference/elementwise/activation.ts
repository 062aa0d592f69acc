// Activations in float64, one number at a time.

/** Error function: Maclaurin series near 0, by its complement beyond. */
export function erf(x: number): number {
  if (x > 2.5) return 1 - erfc(x);
  if (x < -2.5) return erfc(-x) - 1;
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** 1 - erf(x), by a continued fraction where erf is close to 1. */
export function erfc(x: number): number {
  if (!(x > 2.5)) return 1 - erf(x);
  if (x > 30) return 0;
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const hardSigmoid = (x: number, alpha: number, beta: number) => Math.max(0, Math.min(1, alpha * x + beta));

/** Every activation by its name: (x, alpha, beta) to y. */
export const activations = {
  none: (x: number) => x,
  clip: (x: number, alpha: number, beta: number) => Math.max(alpha, Math.min(beta, x)),
  leakyRelu: (x: number, alpha: number) => (x < 0 ? alpha * x : x),
  elu: (x: number, alpha: number) => (x < 0 ? alpha * Math.expm1(x) : x),
  selu: (x: number, alpha: number, beta: number) => beta * (x < 0 ? alpha * Math.expm1(x) : x),
  celu: (x: number, alpha: number) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
  sigmoid,
  tanh: (x: number) => Math.tanh(x),
  hardSigmoid,
  hardSwish: (x: number) => x * hardSigmoid(x, 1 / 6, 0.5),
  silu: (x: number) => x * sigmoid(x),
  gelu: (x: number) => 0.5 * x * erfc(-x / Math.SQRT2),
  geluTanh: (x: number) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
  mish: (x: number) => x * Math.tanh(softplus(x)),
  softplus,
  softsign: (x: number) => x / (1 + Math.abs(x)),
  thresholdedRelu: (x: number, alpha: number) => (x > alpha ? x : 0),
} satisfies Record<string, (x: number, alpha: number, beta: number) => number>;

export type ActivationName = keyof typeof activations;

const phi = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const siluSlope = (x: number) => sigmoid(x) * (1 + x * (1 - sigmoid(x)));

/** The derivative of every activation at x; where it jumps, its value below. */
export const slopes = {
  none: () => 1,
  clip: (x: number, alpha: number, beta: number) => (x > alpha && x < beta ? 1 : 0),
  leakyRelu: (x: number, alpha: number) => (x > 0 ? 1 : alpha),
  elu: (x: number, alpha: number) => (x > 0 ? 1 : alpha * Math.exp(x)),
  selu: (x: number, alpha: number, beta: number) => beta * (x > 0 ? 1 : alpha * Math.exp(x)),
  celu: (x: number, alpha: number) => (x > 0 ? 1 : Math.exp(x / alpha)),
  sigmoid: (x: number) => sigmoid(x) * sigmoid(-x),
  tanh: (x: number) => 1 - Math.tanh(x) ** 2,
  hardSigmoid: (x: number, alpha: number, beta: number) => (Math.abs(alpha * x + beta - 0.5) < 0.5 ? alpha : 0),
  hardSwish: (x: number) => (x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5),
  silu: siluSlope,
  gelu: (x: number) => 0.5 * erfc(-x / Math.SQRT2) + x * phi(x),
  geluTanh: (x: number) => {
    const s = sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
    return s + x * s * (1 - s) * 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  },
  mish: (x: number) => {
    const t = Math.tanh(softplus(x));
    return t + x * (1 - t * t) * sigmoid(x);
  },
  softplus: sigmoid,
  softsign: (x: number) => 1 / (1 + Math.abs(x)) ** 2,
  thresholdedRelu: (x: number, alpha: number) => (x > alpha ? 1 : 0),
} satisfies Record<ActivationName, (x: number, alpha: number, beta: number) => number>;
