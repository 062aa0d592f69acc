// Whole networks of 8-bit integers, QDQ, QLinear and dynamic in one: the bits of the definitions, in every binary, by one thread
// and by two, whatever the engine's dot products of bytes are exact for.

import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/formats/onnx/reader.js';
import { applyPasses } from '../../../src/graph/passes/index.js';
import { ByteDots } from '../../../src/ops/kernels.generated.js';
import { makePlan } from '../../../src/plan/planner.js';
import { WeightStore } from '../../../src/plan/weights.js';
import { newArray, Tensor } from '../../../src/tensor.js';
import { type Binary, supportedBinaries } from '../../kernels/harness.js';
import { foldingFor, runWatched, specialized } from '../check.js';
import { type DrawnNetwork, drawNetwork } from './drawnNetwork.js';
import type { Value } from './networkFile.js';

function tensorOf({ dtype, shape, data }: Value): Tensor {
  const numbers = newArray(dtype, data.length);
  numbers.set(data as never);
  return new Tensor(dtype, shape, numbers);
}

function compiled({ file, inputs }: DrawnNetwork, binary: Binary) {
  const graph = readOnnx(file);
  const given = Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)]));
  return { given, graph: applyPasses(specialized(graph, given), foldingFor(graph, binary)) };
}

function check(network: DrawnNetwork, binary: Binary, byteDots?: number): void {
  const { given, graph } = compiled(network, binary);
  const found = runWatched(graph, given, binary, [1, 2], byteDots);
  network.outputs.forEach(({ name, shape, dtype, data }, index) => {
    expect([found[index].dtype, found[index].shape], name).toEqual([dtype, shape]);
    expect([...found[index].data], name).toEqual(data);
  });
}

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

describe.each(supportedBinaries)('%s binary', (binary) => {
  it.each(seeds)('network %i', (seed) => check(drawNetwork(seed, 2 + (seed % 9)), binary));
});

describe.each(Object.entries(ByteDots))('dot products of bytes exact for: %s', (name, byteDots) => {
  const binaries = supportedBinaries.filter((binary) => binary === 'relaxed' || name === 'none');
  it.each(seeds.slice(0, 12))('network %i', (seed) => {
    const network = drawNetwork(100 + seed, 6, { sevenBits: true });
    for (const binary of binaries) check(network, binary, byteDots);
  });
});

it('the networks call for every kernel of integers', () => {
  const kernels = new Set<string>();
  for (const seed of seeds) {
    const { graph } = compiled(drawNetwork(seed, 2 + (seed % 9)), 'strict');
    for (const { kernel } of makePlan(graph, new WeightStore(), { threads: 1 }).steps) kernels.add(kernel);
  }
  const wanted = [
    ...['integer_conv', 'integer_winograd_4x4', 'integer_average_pool', 'look_up'],
    ...['integer_depthwise', 'integer_depthwise_3x3', 'integer_depthwise_3x3_s2', 'integer_depthwise_5x5'],
    ...['quantized_binary', 'scale_sums', 'f32_extremes', 'dynamic_affine'],
  ];
  expect(wanted.filter((kernel) => !kernels.has(kernel))).toEqual([]);
});
