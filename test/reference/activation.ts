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
