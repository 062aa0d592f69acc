// The ONNX operators that quadlane imports, by name: each writes the nodes that do the same.

import { inference } from '../../graph/inference.js';
import { commonFamilies, importersOf } from './commonImporters.js';
import type { Vocabulary } from './import-graph.js';
import { control } from './importers/control.js';
import { convolutionFused } from './importers/convolutionFused.js';
import { defined } from './importers/defined.js';
import { elementwiseExperiments } from './importers/elementwiseExperiments.js';
import { elementwiseFunctions } from './importers/elementwiseFunctions.js';
import { indexing } from './importers/indexing.js';
import { matmulFused } from './importers/matmulFused.js';
import { normalizationFused } from './importers/normalizationFused.js';
import { quantized } from './importers/quantized.js';
import { quantizedLayers } from './importers/quantizedLayers.js';
import { recurrent } from './importers/recurrent.js';
import { vision } from './importers/vision.js';

/** Importers of all operators. */
export const importers = /* @__PURE__ */ importersOf([
  ...commonFamilies,
  indexing,
  quantized,
  quantizedLayers,
  recurrent,
  vision,
  control,
  convolutionFused,
  defined,
  elementwiseExperiments,
  elementwiseFunctions,
  matmulFused,
  normalizationFused,
]);

export const everything: Vocabulary = { importers, dialect: inference };
