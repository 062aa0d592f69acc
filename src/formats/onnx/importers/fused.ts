// Operators that ONNX Runtime's optimiser writes and its contributors add (domain com.microsoft): several of ONNX's in one, which
// are written apart again. The compiler fuses what it has kernels for.

import { invertPermutation } from '../../../shape.js';
import { toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';
import { formulas } from '../formulas.js';
import { channelsLast } from '../layout.js';
import { convAttributes } from '../windows.js';
import { matmul } from './matmul.js';

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
function emitActivated(context: NodeContext, x: string, given: readonly (number | undefined)[]): void {
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

/** Conv, plus input 3, behind an activation; images have channels first, or last (`isLast`). */
const fusedConv =
  (isLast: boolean): Importer =>
  (context) => {
    const { rank, attributes } = convAttributes(context, 0, 1);
    const x = isLast ? context.input(0) : toChannelsLast(context, context.input(0), rank);
    const inputs = [x, context.input(1), context.optionalInput(2)];
    const sums = context.step('conv', inputs, attributes);
    const moved =
      isLast || rank < 3
        ? sums
        : context.step('transpose', [sums], { permutation: invertPermutation(channelsLast(rank)) });
    const result = context.has(3) ? formulas(context).add(moved, context.input(3)) : moved;
    emitActivated(context, result, context.floats('activation_params') ?? []);
  };

const fusedGemm: Importer = (context) => {
  const parameters = ['activation_alpha', 'activation_beta', 'activation_gamma'].map((name) => context.float(name));
  const product = context.within(matmul.Gemm);
  emitActivated(context, product, parameters);
};

/** Products of matrices that may be transposed, and whose first axis may stand behind the others (`transBatch`). */
const fusedMatMul: Importer = (context) => {
  const factor = (index: number, name: string) => {
    const value = context.input(index);
    if (context.integer(name, 0) === 0) return value;
    const rank = context.knownRankOf(value);
    const permutation = [...Array.from({ length: rank - 2 }, (_, axis) => axis + 1), 0, rank - 1];
    return context.step('transpose', [value], { permutation });
  };
  const product = context.step('matmul', [factor(0, 'transBatchA'), factor(1, 'transBatchB')], {
    transposeA: context.integer('transA', 0) === 1,
    transposeB: context.integer('transB', 0) === 1,
  });
  const alpha = context.float('alpha', 1);
  if (alpha === 1) context.emit('identity', [product]);
  else context.emit('binary', [product, context.scalar(alpha)], { operation: 'mul' });
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

/** x / sqrt(mean(x^2) + epsilon) over all axes from `axis` on. */
function byMagnitude(context: NodeContext, x: string, axis: number, epsilon: number): string {
  const f = formulas(context);
  const axes = axis === -1 ? [-1] : Array.from({ length: context.knownRankOf(x) }, (_, at) => at).slice(axis);
  const mean = context.step('reduce', [f.mul(x, x)], { reduction: 'mean', axes, keepDims: true });
  return f.div(x, f.unary('sqrt', f.add(mean, epsilon)));
}

const rmsNormalization: Importer = (context) => {
  context.integer('stash_type');
  if (context.wants(1)) throw context.unsupported('it gives the divisors too');
  const normalized = byMagnitude(
    context,
    context.input(0),
    context.integer('axis', -1),
    context.float('epsilon', 1e-5),
  );
  context.emit('binary', [normalized, context.input(1)], { operation: 'mul' });
};

/** The sum of two inputs and, at `bias`, a third one; output 3 gives it too. */
function skipped(context: NodeContext, bias: number): string {
  const f = formulas(context);
  const sum = f.add(context.input(0), context.input(1));
  const all = context.has(bias) ? f.add(sum, context.input(bias)) : sum;
  if (context.wants(3)) context.stepInto(context.outputs[3], 'identity', [all]);
  return all;
}

const skipLayerNormalization: Importer = (context) => {
  if (context.wants(1) || context.wants(2)) throw context.unsupported('it gives means and deviations too');
  const inputs = [skipped(context, 4), context.input(2), context.optionalInput(3)];
  context.emit('layerNorm', inputs, { axis: -1, epsilon: context.float('epsilon', 1e-12) }, [context.outputs[0]]);
};

const skipRmsNormalization: Importer = (context) => {
  if (context.wants(1) || context.wants(2)) throw context.unsupported('it gives means and deviations too');
  const normalized = byMagnitude(context, skipped(context, 3), -1, context.float('epsilon', 1e-5));
  context.emit('binary', [normalized, context.input(2)], { operation: 'mul' }, [context.outputs[0]]);
};

export const fused: Record<string, Importer> = {
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  'com.microsoft.BiasGelu': biased('gelu'),
  'com.microsoft.FastGelu': biased('geluTanh'),
  'com.microsoft.FusedConv': fusedConv(false),
  'com.microsoft.FusedGemm': fusedGemm,
  'com.microsoft.FusedMatMul': fusedMatMul,
  'com.microsoft.Gelu': biased('gelu'),
  'com.microsoft.NhwcConv': fusedConv(true),
  'com.microsoft.NhwcFusedConv': fusedConv(true),
  'com.microsoft.QuickGelu': quickGelu,
  'com.microsoft.SimplifiedLayerNormalization': rmsNormalization,
  'com.microsoft.SkipLayerNormalization': skipLayerNormalization,
  'com.microsoft.SkipSimplifiedLayerNormalization': skipRmsNormalization,
};
