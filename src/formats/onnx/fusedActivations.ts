// Activations that ONNX Runtime's optimiser puts behind other operators: their names and parameters.

import type { NodeContext } from './context.js';

/** What ONNX Runtime calls activations, and where their parameters are in its list. */
const activations: Readonly<
  Record<string, (alpha: number, beta: number) => [name: string, alpha: number, beta: number]>
> = {
  Relu: () => ['clip', 0, Number.POSITIVE_INFINITY],
  Clip: (least, most) => ['clip', least, most],
  LeakyRelu: (alpha) => ['leakyRelu', alpha, 0],
  Elu: (alpha) => ['elu', alpha, 0],
  Sigmoid: () => ['sigmoid', 0, 0],
  Tanh: () => ['tanh', 0, 0],
  HardSigmoid: (alpha, beta) => ['hardSigmoid', alpha, beta],
  HardSwish: () => ['hardSwish', 0, 0],
  Softsign: () => ['softsign', 0, 0],
  Softplus: () => ['softplus', 0, 0],
};

/** Parameters of those that have some where the file gives none. */
const usual: Readonly<Record<string, readonly number[]>> = {
  LeakyRelu: [0.01],
  Elu: [1],
  HardSigmoid: [0.2, 0.5],
  Clip: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** Writes the node's output: `x` behind its activation. */
export function emitActivated(context: NodeContext, x: string, given: readonly (number | undefined)[]): void {
  const name = context.hasAttribute('activation') ? context.requiredText('activation') : '';
  if (name === '') {
    context.emit('identity', [x]);
    return;
  }
  const known = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (!known) throw context.unsupported(`its activation is ${name}`);
  const [first, second] = [0, 1].map((index) => given[index] ?? usual[name]?.[index] ?? 0);
  const [activation, alpha, beta] = known(first, second);
  context.emit('activation', [x], { activation, alpha, beta });
}
