// The ONNX operators of the families that classifiers use: loaded for every model.

import { classification } from '../../graph/classification.js';
import type { Importer } from './context.js';
import type { Vocabulary } from './import-graph.js';
import { convolution } from './importers/convolution.js';
import { elementwise } from './importers/elementwise.js';
import { layout } from './importers/layout.js';
import { matmul } from './importers/matmul.js';
import { normalization } from './importers/normalization.js';
import { pooling } from './importers/pooling.js';
import { reduction } from './importers/reduction.js';

type Family = Readonly<Record<string, Importer>>;

export const commonFamilies: readonly Family[] = [
  convolution,
  elementwise,
  layout,
  matmul,
  normalization,
  pooling,
  reduction,
];

/** The importers of families, by the names of operators. */
export function importersOf(families: readonly Family[]): ReadonlyMap<string, Importer> {
  return new Map(families.flatMap((family) => Object.entries(family)));
}

/**
 * What `classification` has all of: a model of other operators, of these families or not, takes the whole dialect. Sorted as
 * the families are.
 */
const classifiers = `Conv
  Abs Add Cast CastLike Celu Clip Div Elu Exp Gelu HardSigmoid HardSwish Identity LeakyRelu Log Max Mean Min Mish Mul Neg Pow Relu Selu
  Sigmoid Softplus Softsign Sqrt Sub Sum Swish Tanh ThresholdedRelu Dropout
  Concat Constant ConstantOfShape Flatten Pad Reshape Shape Slice Squeeze Transpose Unsqueeze
  Gemm MatMul
  BatchNormalization LogSoftmax Softmax
  AveragePool GlobalAveragePool GlobalMaxPool MaxPool
  ReduceMax ReduceMean ReduceMin ReduceSum`;

const classifierOperators = /* @__PURE__ */ new Set(/* @__PURE__ */ classifiers.split(/\s+/));

/** Whether a model of these operators is a classifier's: `common` has all that it needs. */
export function areCommon(operators: ReadonlySet<string>): boolean {
  return [...operators].every((name) => classifierOperators.has(name));
}

export const common: Vocabulary = { importers: /* @__PURE__ */ importersOf(commonFamilies), dialect: classification };
