// The operators that ONNX has an equivalent for, by name: each writes the ONNX nodes that do the same.

import type { Exporter } from './export-context.js';
import { choosing } from './exporters/choosing.js';
import { elementwise } from './exporters/elementwise.js';
import { linear } from './exporters/linear.js';
import { movement } from './exporters/movement.js';
import { normalization } from './exporters/normalization.js';
import { quantized } from './exporters/quantized.js';
import { sampling } from './exporters/sampling.js';
import { spatial } from './exporters/spatial.js';

/** All but `identity` and `transpose`, which only say where a value is. */
export const exporters: Readonly<Record<string, Exporter>> = {
  ...choosing,
  ...elementwise,
  ...linear,
  ...movement,
  ...normalization,
  ...quantized,
  ...sampling,
  ...spatial,
};
