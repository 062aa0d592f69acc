// Activations as nodes of their own; most are fused into the operator before them.

import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { sameRank } from '../lowering/partialShapes.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { collapse } from '../lowering/strided.js';
import type { GradientRule, Operator } from '../operator.js';

/** Activations whose derivative follows from their result: what went into them needn't be kept. */
const fromOutput = new Set(['clip', 'sigmoid', 'tanh', 'hardSigmoid']);
/** Those for which that holds only where the result keeps the sign of the argument. */
const fromSignedOutput = new Set(['leakyRelu', 'elu', 'selu', 'celu']);

const activationGradient: GradientRule = ({ apply, attributes, inputs: [input], output, gradient }) => {
  const name = attributes.activation as string;
  const keepsSign = ((attributes.alpha ?? 0) as number) >= 0 && ((attributes.beta ?? 0) as number) >= 0;
  const of = fromOutput.has(name) || (fromSignedOutput.has(name) && keepsSign) ? 'output' : 'input';
  const value = of === 'output' ? output() : input;
  return [apply('activationGradient', [value, gradient()], { ...attributes, of })];
};

export const activation: Operator<Activated> = {
  name: 'activation',
  isIdentity: ({ activation = 'none' }) => activation === 'none',
  partialShapes: sameRank,
  gradient: activationGradient,
  float32: true,

  infer([input], attributes) {
    activationArguments(attributes);
    return [{ dtype: 'float32', shape: input!.shape }];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const { extents, strides } = collapse(output.shape, [input.strides, output.strides]);
    lowering.step('f32_activation', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      ...activationArguments(attributes),
    });
  },
};
