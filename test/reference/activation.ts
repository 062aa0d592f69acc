// Activations in float64, one number at a time.

/** Error function: Maclaurin series near 0, continued fraction of erfc beyond. */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (magnitude > 6) return Math.sign(x);
  if (magnitude < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (magnitude + fraction);
  const complement = Math.exp(-magnitude * magnitude) / (Math.sqrt(Math.PI) * (magnitude + fraction));
  return Math.sign(x) * (1 - complement);
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
  gelu: (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x: number) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
  mish: (x: number) => x * Math.tanh(softplus(x)),
  softplus,
  softsign: (x: number) => x / (1 + Math.abs(x)),
  thresholdedRelu: (x: number, alpha: number) => (x > alpha ? x : 0),
} satisfies Record<string, (x: number, alpha: number, beta: number) => number>;

export type ActivationName = keyof typeof activations;
