// Gradients of activations: the gradient of the output times the slope where the output, or the input, is.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape } from '../../shape.js';
import { Slope } from '../kernels.generated.js';
import { type Activated, type ActivationName, activationArguments } from '../lowering/epilogue.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { collapse, temporaryLike } from '../lowering/strided.js';
import type { Lowering, Operator, View } from '../operator.js';

export interface ActivationGradientAttributes extends Activated {
  /** What the first input is: the activation's 'output' or its 'input'. */
  readonly of: string;
}

interface Rule {
  readonly slope: keyof typeof Slope;
  /** a, b and c of the slope. */
  readonly parameters?: readonly [number, number, number];
  /** Whose value the slope follows from. */
  readonly of: 'input' | 'output' | 'either';
}

/** Activations whose slope below 0 follows from the output as long as that is below 0 too. */
const exponential: ReadonlySet<string> = new Set(['elu', 'selu', 'celu']);

/** How the slope of each activation is found; undefined for `none`, whose slope is 1. */
function ruleOf(name: ActivationName, alpha: number, beta: number): Rule | undefined {
  switch (name) {
    case 'none':
      return undefined;
    case 'clip':
      return { slope: 'between', parameters: [alpha, beta, 1], of: 'either' };
    case 'hardSigmoid':
      return { slope: 'between', parameters: [0, 1, alpha], of: 'output' };
    case 'thresholdedRelu':
      return {
        slope: 'between',
        parameters: [alpha, Number.POSITIVE_INFINITY, 1],
        of: alpha >= 0 ? 'either' : 'input',
      };
    case 'leakyRelu':
      return { slope: 'bent', parameters: [1, 0, alpha], of: alpha >= 0 ? 'either' : 'input' };
    case 'elu':
      return { slope: 'bent', parameters: [1, 1, alpha], of: 'output' };
    case 'selu':
      return { slope: 'bent', parameters: [beta, 1, alpha * beta], of: 'output' };
    case 'celu':
      return { slope: 'bent', parameters: [1, 1 / alpha, 1], of: 'output' };
    case 'sigmoid':
    case 'tanh':
    case 'softplus':
    case 'softsign':
      return { slope: name, of: 'output' };
    default:
      return { slope: name, of: 'input' };
  }
}

/**
 * Whether the gradient of an activation can be found from its output alone, which needs no memory for the input.
 * @throws QuadlaneError `ARGUMENT` for an activation that isn't one
 */
export function followsFromOutput(attributes: Activated): boolean {
  const { alpha, beta } = activationArguments(attributes);
  return ruleOf((attributes.activation ?? 'none') as ActivationName, alpha, beta)?.of !== 'input';
}

/** Values and the gradient of the output, of the same shape, give the gradient of the input; relu's is 0 at 0. */
export const activationGradient: Operator<ActivationGradientAttributes> = {
  name: 'activationGradient',
  needs: 2,
  float32: true,

  infer([value, gradient], attributes) {
    if (attributes.of !== 'input' && attributes.of !== 'output') {
      throw new QuadlaneError(
        'ARGUMENT',
        `an activation's gradient follows from its input or output, not ${attributes.of}`,
      );
    }
    if (attributes.of === 'output' && !followsFromOutput(attributes)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `the gradient of ${attributes.activation} with alpha ${attributes.alpha} doesn't follow from its output: give its input`,
      );
    }
    if (!sameShape(value!.shape, gradient!.shape)) {
      throw new QuadlaneError(
        'SHAPE',
        `values ${formatShape(value!.shape)} have gradients of the same shape, not ${formatShape(gradient!.shape)}`,
      );
    }
    const { alpha } = activationArguments(attributes);
    if (exponential.has(attributes.activation ?? 'none') && !(alpha > 0)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `the gradient of ${attributes.activation} takes an alpha above 0, not ${alpha}`,
      );
    }
    return [{ dtype: 'float32', shape: value!.shape }];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, attributes) {
    const [value, gradient, output] = [lowering.input(0), lowering.input(1), lowering.output()];
    const { alpha, beta } = activationArguments(attributes);
    const rule = ruleOf((attributes.activation ?? 'none') as ActivationName, alpha, beta);
    if (!rule) {
      lowering.copy(output.shape, gradient, output);
      return;
    }
    const known = rule.of === 'output' && attributes.of === 'input' ? activated(lowering, value, attributes) : value;
    const [a, b, c] = rule.parameters ?? [0, 0, 0];
    const views = [known, gradient, output];
    const { extents, strides } = collapse(
      output.shape,
      views.map((view) => view.strides),
    );
    lowering.step('f32_activation_gradient', {
      rank: extents.length,
      extents: lowering.table(extents),
      value: known.pointer,
      valueStrides: lowering.table(strides[0]),
      gradient: gradient.pointer,
      gradientStrides: lowering.table(strides[1]),
      output: output.pointer,
      outputStrides: lowering.table(strides[2]),
      slope: Slope[rule.slope],
      a,
      b,
      c,
    });
  },
};

/** The activation's output. */
function activated(lowering: Lowering, input: View, attributes: Activated): View {
  const output = temporaryLike(lowering, input, 'float32');
  const { extents, strides } = collapse(input.shape, [input.strides, output.strides]);
  lowering.step('f32_activation', {
    rank: extents.length,
    extents: lowering.table(extents),
    input: input.pointer,
    inputStrides: lowering.table(strides[0]),
    output: output.pointer,
    outputStrides: lowering.table(strides[1]),
    ...activationArguments(attributes),
  });
  return output;
}
