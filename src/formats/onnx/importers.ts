// The ONNX operators that quadlane imports, by name: each writes the nodes that do the same.

import type { Importer } from './context.js';
import { convolution } from './importers/convolution.js';
import { elementwise } from './importers/elementwise.js';
import { indexing } from './importers/indexing.js';
import { layout } from './importers/layout.js';
import { matmul } from './importers/matmul.js';
import { normalization } from './importers/normalization.js';
import { pooling } from './importers/pooling.js';
import { quantized } from './importers/quantized.js';
import { reduction } from './importers/reduction.js';
import { vision } from './importers/vision.js';

const families = [
  convolution,
  elementwise,
  indexing,
  layout,
  matmul,
  normalization,
  pooling,
  quantized,
  reduction,
  vision,
];

/** Importers of the default domain's operators. */
export const importers: ReadonlyMap<string, Importer> = new Map(families.flatMap((family) => Object.entries(family)));
