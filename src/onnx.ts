// quadlane/onnx: models as ONNX files.

import { guarded, QuadlaneError } from './errors.js';
import { writeOnnx } from './formats/onnx/writer.js';
import { compactWeights, weightsTypes } from './graph/compactWeights.js';
import { shapeInputs } from './graph/specialize.js';
import { Model, type SaveOptions } from './model/model.js';
import { checkOptions, oneOf } from './options.js';

/**
 * Writes a model as an ONNX file (operator set 18, or a later one where the model needs it) that takes and gives what
 * the model does. Convolutions and pools have channels first there, as ONNX wants it. With `weights` the file is smaller.
 * @throws QuadlaneError `UNSUPPORTED` listing every operator that ONNX has no equivalent for, `LIMIT` for weights beyond
 * 2 GB, `DISPOSED`, `ARGUMENT` for what isn't a model
 */
export function exportOnnx(model: Model, options: SaveOptions = {}): Uint8Array {
  if (!(model instanceof Model)) throw new QuadlaneError('ARGUMENT', 'exportOnnx() takes a model: load or compile one');
  const { weights } = checkOptions('exportOnnx()', options, ['weights']);
  if (weights !== undefined) oneOf('weights', weights, weightsTypes);
  const graph = weights ? compactWeights(model.graph, weights) : model.graph;
  return guarded("the model can't be written as ONNX", () => {
    // An output may be named twice, in ONNX only once.
    const outputs = [...new Set(graph.outputs)];
    // Types that the values of inputs decide can't be told.
    const types = shapeInputs(graph).size > 0 ? [] : outputs.map((name) => model.outputs[name]);
    return writeOnnx({ ...graph, outputs }, types);
  });
}
