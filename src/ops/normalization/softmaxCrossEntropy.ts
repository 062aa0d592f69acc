// Cross-entropy of the softmax of logits against labels or distributions, row by row, and its gradient.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape, sizeOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import type { Attributes, GradientRule, Lowering, Operator } from '../operator.js';

export interface CrossEntropyAttributes extends Attributes {
  /** Share of each row's weight that goes to all classes alike; 0 by default. */
  readonly labelSmoothing?: number;
}

function requireTargets(logits: TensorType, targets: TensorType, { labelSmoothing = 0 }: CrossEntropyAttributes): void {
  const rows = logits.shape.slice(0, -1);
  const fits =
    targets.dtype === 'int32'
      ? sameShape(targets.shape, rows)
      : targets.dtype === 'float32' && sameShape(targets.shape, logits.shape);
  if (logits.dtype !== 'float32' || logits.shape.length === 0 || logits.shape.at(-1) === 0 || !fits) {
    throw new QuadlaneError(
      'SHAPE',
      `cross-entropy of float32 logits [.., classes] takes int32 labels [..] or float32 distributions [.., classes]; got ${logits.dtype} ${formatShape(logits.shape)} and ${targets.dtype} ${formatShape(targets.shape)}`,
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new QuadlaneError('ARGUMENT', `labelSmoothing is between 0 and 1, not ${labelSmoothing}`);
  }
}

function rowArguments(lowering: Lowering, { labelSmoothing = 0 }: CrossEntropyAttributes) {
  const [logits, targets] = [lowering.dense(0), lowering.dense(1)];
  return {
    logits: logits.pointer,
    targets: targets.pointer,
    rows: sizeOf(logits.shape.slice(0, -1)),
    classes: logits.shape.at(-1)!,
    isLabels: targets.dtype === 'int32' ? 1 : 0,
    smoothing: labelSmoothing,
  };
}

/** Row by row; targets are given, not learnt. */
const rowGradient: GradientRule = ({ apply, attributes, inputs: [logits, targets], gradient }) => [
  apply('softmaxCrossEntropyGradient', [logits, targets, gradient()], attributes),
];

/** Logits [.., K] and targets, labels [..] or distributions [.., K], give the loss of each row, [..]. */
export const softmaxCrossEntropy: Operator<CrossEntropyAttributes> = {
  name: 'softmaxCrossEntropy',
  needs: 2,
  gradient: rowGradient,

  infer([logits, targets], attributes) {
    requireTargets(logits!, targets!, attributes);
    return [{ dtype: 'float32', shape: logits!.shape.slice(0, -1) }];
  },

  lower(lowering, attributes) {
    const loss = lowering.denseOutput().pointer;
    lowering.step('f32_cross_entropy', { ...rowArguments(lowering, attributes), loss });
  },
};

/** Logits [.., K], targets and the gradient of each row's loss, [..], give the gradient of the logits. */
export const softmaxCrossEntropyGradient: Operator<CrossEntropyAttributes> = {
  name: 'softmaxCrossEntropyGradient',
  needs: 3,

  infer([logits, targets, gradient], attributes) {
    requireTargets(logits!, targets!, attributes);
    const rows = logits!.shape.slice(0, -1);
    if (gradient!.dtype !== 'float32' || !sameShape(gradient!.shape, rows)) {
      throw new QuadlaneError(
        'SHAPE',
        `the losses of ${formatShape(logits!.shape)} have float32 gradients ${formatShape(rows)}, not ${gradient!.dtype} ${formatShape(gradient!.shape)}`,
      );
    }
    return [{ dtype: 'float32', shape: logits!.shape }];
  },

  lower(lowering, attributes) {
    lowering.step('f32_cross_entropy_gradient', {
      ...rowArguments(lowering, attributes),
      loss: lowering.dense(2).pointer,
      output: lowering.denseOutput().pointer,
    });
  },
};
