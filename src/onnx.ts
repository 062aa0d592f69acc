// quadlane/onnx: models as ONNX files.

import { writeOnnx } from './formats/onnx/writer.js';
import { shapeInputs } from './graph/specialize.js';
import type { Model } from './model.js';

/**
 * Writes a model as an ONNX file (operator set 18, or a later one where the model needs it) that takes and gives what
 * the model does. Convolutions and pools have channels first there, as ONNX wants it.
 * @throws QuadlaneError `UNSUPPORTED` listing every operator that ONNX has no equivalent for, `LIMIT` for weights beyond
 * 2 GB, `DISPOSED`
 */
export function exportOnnx(model: Model): Uint8Array {
  // Types that the values of inputs decide can't be told.
  const types = shapeInputs(model.graph).size > 0 ? [] : Object.values(model.outputs);
  return writeOnnx(model.graph, types);
}
