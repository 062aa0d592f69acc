// ONNX files, opened: what few models need is loaded for those that do.

import { arrived } from '../../errors.js';
import type { Graph } from '../../graph/graph.js';
import { areCommon, common } from './commonImporters.js';
import { importModel, type OnnxOptions, operatorsIn, readModel } from './import-graph.js';

/** Like `readOnnx`, but loads what the model needs; call what it resolves to for the graph. */
export async function openOnnx(bytes: Uint8Array): Promise<(options: OnnxOptions) => Graph> {
  if (!beginsWithVersion(bytes)) (await arrived(import('../otherKinds.js'))).refuseOtherKinds(bytes, 'an ONNX file');
  const stored = readModel(bytes);
  const hasFunctions = stored.functions.length > 0;
  const model = hasFunctions ? (await arrived(import('./functions.js'))).inlineFunctions(stored) : stored;
  const vocabulary = areCommon(operatorsIn(model)) ? common : (await arrived(import('./importers.js'))).everything;
  return (options) => importModel(model, vocabulary, options);
}

/** Whether the first field is `ir_version`, as exporters write it; none of the other kinds of files begins so. */
function beginsWithVersion([key, version]: Uint8Array): boolean {
  return key === 8 && version !== 0;
}
