// Single layers of real networks, each as a network of its own.

import type { Graph } from '../../src/graph/graph.js';
import { inference } from '../../src/graph/inference.js';
import { Tensor } from '../../src/tensor.js';
import type { Family, Layer } from '../layers.js';
import { type Effort, thorough } from '../measure.js';
import { PEAK_PROGRAM, Program } from '../program.js';
import type { Contestant, LibraryName, Load } from './contestant.js';
import { type DuelResult, duel } from './duel.js';
import { exportLayer } from './export.js';
import { randomInput } from './random.js';

/** Families of layers that libraries are compared on. */
export const layerFamilies = ['gemm', 'pointwise', 'conv', 'depthwise', 'pool'] as const satisfies readonly Family[];
export type LayerFamily = (typeof layerFamilies)[number];

export interface LayerResult extends DuelResult {
  readonly layer: string;
  /** quadlane's floating-point operations a second (window cells for pools); multiply-adds count as two. */
  readonly rate: number;
  /** That as a part of the engine's multiply-add peak in the same rounds. */
  readonly shareOfPeak: number;
}

/** What loads a library's files, by its name. */
export type Loads = Readonly<Record<LibraryName, () => Promise<Load>>>;

/**
 * quadlane and a peer on one layer, input and output resident, as a network has it: quadlane's input lies inside its halo
 * already, where the layer before writes it, unless it is an image.
 * @throws Error when their outputs differ
 */
export async function duelOnLayer(
  { label, graph, inputs, operations }: Layer,
  peer: LibraryName,
  libraries: Loads,
  module: WebAssembly.Module,
  effort: Effort = thorough,
): Promise<LayerResult> {
  const [{ shape }] = graph.inputs;
  const input = new Tensor('float32', shape as readonly number[], inputs[0]);
  const contestants = [
    programContestant(graph, input, module),
    await layerContestant(graph, input, peer, libraries, module, true),
  ];
  const program = Program.ofPeak(module);
  const [ours, theirs] = contestants;
  const result = await duel(ours, theirs, effort, () => program.run());
  for (const contestant of contestants) contestant.dispose();
  const rate = operations / result.quadlane;
  return { layer: label, ...result, rate, shareOfPeak: rate / (PEAK_PROGRAM / result.beside!) };
}

/** The least network, a rectifier on four numbers: what a call costs. Each run moves input and output. */
export async function duelOnOneStep(
  peer: LibraryName,
  libraries: Loads,
  module: WebAssembly.Module,
  effort: Effort = thorough,
): Promise<DuelResult> {
  const input = randomInput([1, 4]);
  const attributes = { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY };
  const graph: Graph = {
    dialect: inference,
    inputs: [{ name: 'x', dtype: 'float32', shape: input.shape }],
    outputs: ['y'],
    nodes: [{ name: 'relu', op: 'activation', inputs: ['x'], outputs: ['y'], attributes }],
    constants: new Map(),
  };
  const [ours, theirs] = await Promise.all(
    (['quadlane', peer] as const).map((name) => layerContestant(graph, input, name, libraries, module, false)),
  );
  return duel(ours, theirs, effort);
}

/** Most channels that an image has. */
const IMAGE_CHANNELS = 4;

/** The steps of a layer that a network with it has. */
function programContestant(graph: Graph, input: Tensor<'float32'>, module: WebAssembly.Module): Contestant {
  const program = Program.of(graph, module);
  program.fill(0, input.data);
  program.run();
  const isImage = input.shape.length > 2 && input.shape.at(-1)! <= IMAGE_CHANNELS;
  const first = isImage ? 0 : program.firstStep;
  return {
    run: () => program.runSteps(first, program.plan.steps.length),
    result: async () => program.output(),
    threads: 1,
    dispose: () => {},
  };
}

async function layerContestant(
  graph: Graph,
  input: Tensor<'float32'>,
  name: LibraryName,
  libraries: Loads,
  module: WebAssembly.Module,
  resident: boolean,
): Promise<Contestant> {
  const file = await exportLayer(graph, name, module);
  const load = await libraries[name]();
  return load(file, { input, channelsFirst: name === 'onnxruntime-web', threads: 1, resident });
}
