// The operators that ONNX has an equivalent for, by name: each writes the ONNX nodes that do the same.

import type { Exporter } from './export-context.js';
import { convolution } from './exporters/convolution.js';
import { elementwise } from './exporters/elementwise.js';
import { indexing } from './exporters/indexing.js';
import { layout } from './exporters/layout.js';
import { matmul } from './exporters/matmul.js';
import { normalization } from './exporters/normalization.js';
import { pooling } from './exporters/pooling.js';
import { quantized } from './exporters/quantized.js';
import { recurrent } from './exporters/recurrent.js';
import { reduction } from './exporters/reduction.js';
import { vision } from './exporters/vision.js';

/** All but `identity` and `transpose`, which only say where a value is. */
export const exporters: Readonly<Record<string, Exporter>> = {
  ...convolution,
  ...elementwise,
  ...indexing,
  ...layout,
  ...matmul,
  ...normalization,
  ...pooling,
  ...quantized,
  ...recurrent,
  ...reduction,
  ...vision,
};
