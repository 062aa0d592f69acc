// Activations as ONNX nodes, of their own or behind the operator that applies them.

import type { ExportContext } from './export-context.js';

type Rule = (context: ExportContext, x: string, alpha: number, beta: number) => string;

const plain =
  (op: string, ...parameters: string[]): Rule =>
  (context, x, alpha, beta) => {
    const values = [alpha, beta];
    return context.step(op, [x], Object.fromEntries(parameters.map((name, i) => [name, { float: values[i] }])));
  };

const clip: Rule = (context, x, low, high) => {
  const bound = (value: number, none: number) => (value === none ? '' : context.scalar(value));
  if (low === 0 && high === Number.POSITIVE_INFINITY) return context.step('Relu', [x]);
  return context.step('Clip', [x, bound(low, Number.NEGATIVE_INFINITY), bound(high, Number.POSITIVE_INFINITY)]);
};

/** x / 2 * (1 + gate). */
function halfGated(context: ExportContext, x: string, gate: string): string {
  const half = context.step('Mul', [x, context.scalar(0.5)]);
  return context.step('Mul', [half, context.step('Add', [gate, context.scalar(1)])]);
}

/** x / 2 * (1 + erf(x / sqrt 2)). */
const gelu: Rule = (context, x) =>
  halfGated(context, x, context.step('Erf', [context.step('Div', [x, context.scalar(Math.SQRT2)])]));

/** x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))). */
const geluTanh: Rule = (context, x) => {
  const cube = context.step('Mul', [context.step('Mul', [x, x]), x]);
  const sum = context.step('Add', [x, context.step('Mul', [cube, context.scalar(0.044715)])]);
  const scaled = context.step('Mul', [sum, context.scalar(Math.sqrt(2 / Math.PI))]);
  return halfGated(context, x, context.step('Tanh', [scaled]));
};

const rules: Readonly<Record<string, Rule>> = {
  none: (_, x) => x,
  clip,
  leakyRelu: plain('LeakyRelu', 'alpha'),
  elu: plain('Elu', 'alpha'),
  selu: plain('Selu', 'alpha', 'gamma'),
  celu: plain('Celu', 'alpha'),
  sigmoid: plain('Sigmoid'),
  tanh: plain('Tanh'),
  hardSigmoid: plain('HardSigmoid', 'alpha', 'beta'),
  hardSwish: plain('HardSwish'),
  silu: (context, x) => context.step('Mul', [x, context.step('Sigmoid', [x])]),
  gelu,
  geluTanh,
  mish: plain('Mish'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  thresholdedRelu: plain('ThresholdedRelu', 'alpha'),
};

/** The node's activation applied to the ONNX value `x`. */
export function activated(context: ExportContext, x: string): string {
  const { activation = 'none', alpha = 0, beta = 0 } = context.attributes as Record<string, never>;
  const rule = rules[activation];
  if (!rule) throw context.unsupported(`its activation is "${activation}"`);
  return rule(context, x, alpha, beta);
}
