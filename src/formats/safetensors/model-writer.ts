// A network as a .safetensors file: its constants are the tensors, its graph stands in the metadata as JSON.

import { QuadlaneError } from '../../errors.js';
import { compactWeights, type WeightsType } from '../../graph/compactWeights.js';
import type { Graph } from '../../graph/graph.js';
import { FORMAT_KEY, FORMAT_VERSION, GRAPH_KEY, NUMBER_KEY } from './model-format.js';
import { writeSafetensors } from './writer.js';

/**
 * Writes a file that `readModel` reads back as the same graph; the same graph gives the same bytes.
 * @param weights element type in which weights are stored. Default: their own
 * @throws QuadlaneError `UNSUPPORTED` for branches and loops, `ARGUMENT`, `LIMIT` as `writeSafetensors`
 */
export function writeModel(graph: Graph, weights?: WeightsType): Uint8Array {
  const { inputs, outputs, nodes, constants, metadata: said } = weights ? compactWeights(graph, weights) : graph;
  const holder = nodes.find(({ graphs }) => graphs);
  if (holder) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `${holder.op} "${holder.name}" holds graphs, for which .safetensors files of quadlane have no words: keep the ONNX file`,
      { node: holder.name, operator: holder.op },
    );
  }
  const plain = {
    inputs: inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    outputs,
    nodes: nodes.map(({ name, op, inputs, outputs, attributes }) => ({ name, op, inputs, outputs, attributes })),
    ...(said && { metadata: said }),
  };
  const metadata = { [FORMAT_KEY]: String(FORMAT_VERSION), [GRAPH_KEY]: JSON.stringify(plain, exactNumbers) };
  return writeSafetensors(constants, metadata);
}

/** Numbers that JSON has no words for, as `{ [NUMBER_KEY]: text }`. */
function exactNumbers(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { [NUMBER_KEY]: Object.is(value, -0) ? '-0' : String(value) };
}
