// The ONNX operators that classifiers are made of: what is loaded for every model.

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

export const common: Vocabulary = { importers: /* @__PURE__ */ importersOf(commonFamilies), dialect: classification };
