// Normalisations by the root of the mean square, and those that ONNX Runtime's optimiser puts together with the sum before them
// (domain com.microsoft).

import type { Importer, NodeContext } from '../context.js';
import { formulas } from '../formulas.js';

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

export const normalizationFused: Record<string, Importer> = {
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  'com.microsoft.SimplifiedLayerNormalization': rmsNormalization,
  'com.microsoft.SkipLayerNormalization': skipLayerNormalization,
  'com.microsoft.SkipSimplifiedLayerNormalization': skipRmsNormalization,
};
