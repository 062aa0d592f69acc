// ONNX files, read at once: every operator is at hand.

import type { Graph } from '../../graph/graph.js';
import { refuseOtherKinds } from '../otherKinds.js';
import { inlineFunctions } from './functions.js';
import { importModel, type OnnxOptions, readModel } from './import-graph.js';
import { everything } from './importers.js';

/**
 * Reads an ONNX model. Constants are views of `bytes` where that is possible, so `bytes` must not change afterwards.
 * @throws QuadlaneError `FORMAT` for bytes that aren't a sound ONNX model, `UNSUPPORTED` with everything in it that
 * quadlane doesn't have
 */
export function readOnnx(bytes: Uint8Array, options: OnnxOptions = {}): Graph {
  refuseOtherKinds(bytes, 'an ONNX file');
  return importModel(inlineFunctions(readModel(bytes)), everything, options);
}
