// Networks and layers in the format of each library, made from the same graph.

import type { Graph, Node } from '../../src/graph/graph.js';
import { compileGraph } from '../../src/model/load.js';
import { exportOnnx } from '../../src/onnx.js';
import type { LibraryName } from './contestant.js';
import type { NetworkEntry } from './networks.js';
import { randomize } from './random.js';
import { toTfjs } from './tfjs-export.js';
import { writeTfjs } from './tfjs-program.js';

/** An ONNX file for quadlane and onnxruntime-web, channels first as everyone's are, and a .tfjs file. */
export const networkFormats = { quadlane: 'onnx', 'onnxruntime-web': 'onnx', 'tfjs-wasm': 'tfjs' } as const;
export type NetworkFormat = (typeof networkFormats)[LibraryName];

export function exportNetwork({ build }: NetworkEntry, format: NetworkFormat, module: WebAssembly.Module): Uint8Array {
  const { graph } = randomize(build());
  return format === 'onnx' ? toOnnx(inputFirst(graph), module) : writeTfjs(toTfjs(graph, module));
}

/** A graph of one layer in the format of a library; quadlane's file keeps channels last. */
export async function exportLayer(graph: Graph, library: LibraryName, module: WebAssembly.Module): Promise<Uint8Array> {
  if (library === 'quadlane') return await compileGraph(graph, { wasm: module }).save();
  if (library === 'tfjs-wasm') return writeTfjs(toTfjs(graph, module));
  return toOnnx(graph.inputs[0].shape.length === 4 ? outputFirst(inputFirst(graph)) : graph, module);
}

function toOnnx(graph: Graph, module: WebAssembly.Module): Uint8Array {
  const model = compileGraph(graph, { wasm: module });
  const file = exportOnnx(model);
  model.dispose();
  return file;
}

/** The same network on one image `[1, C, H, W]`: the writer needs no change of layout then. */
function inputFirst(graph: Graph): Graph {
  const [input] = graph.inputs;
  const [, height, width, channels] = input.shape;
  const inside = `${input.name}/channels_last`;
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input.name ? inside : name)),
  }));
  return {
    ...graph,
    inputs: [{ ...input, shape: [1, channels, height, width] }],
    nodes: [transpose(input.name, inside, [0, 2, 3, 1]), ...nodes],
  };
}

/** The same network with its image out as `[1, C, H, W]`. */
function outputFirst(graph: Graph): Graph {
  const [inside] = graph.outputs;
  const output = `${inside}/channels_first`;
  return { ...graph, outputs: [output], nodes: [...graph.nodes, transpose(inside, output, [0, 3, 1, 2])] };
}

function transpose(from: string, to: string, permutation: readonly number[]): Node {
  return { name: to, op: 'transpose', inputs: [from], outputs: [to], attributes: { permutation } };
}
