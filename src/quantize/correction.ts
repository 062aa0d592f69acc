// Before weights are rounded: what can be done so that rounding them costs less, and after it, what makes up for it.

import { countUses } from '../graph/builder.js';
import type { Node, TypedGraph } from '../graph/graph.js';
import { Tensor } from '../tensor.js';
import type { Layer } from './placement.js';
import { filterOf, nearest } from './scales.js';

/**
 * Cross-layer equalisation: each channel between two layers is scaled so that the filters that write it and those that read it
 * have the same range, sqrt(r1 / r2) (Nagel et al., Data-Free Quantization, 2019, section 4.1). Only a ReLU may stand between
 * them: ReLU6 becomes one, as there.
 */
export function equalize(graph: TypedGraph, layers: readonly Layer[]): TypedGraph {
  const constants = new Map(graph.constants);
  const relus = new Map<Node, Node>();
  const uses = countUses(graph);
  const byInput = new Map(layers.map((layer) => [layer.node.inputs[0], layer]));
  // Ranges move on from pair to pair: a few rounds settle them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const first of layers) {
      const second = byInput.get(first.result);
      const alone = [first.node.outputs[0], first.result, first.node.inputs[1], second?.node.inputs[1]];
      if (!second || alone.some((name) => name !== undefined && uses.get(name) !== 1)) continue;
      const relu = graph.nodes.find(({ outputs }) => outputs[0] === first.result)!;
      if (relu !== first.node && relu.attributes.alpha !== 0 && relu.attributes.alpha !== undefined) continue;
      if (!balance(constants, first, second)) continue;
      if (relu !== first.node) {
        relus.set(relu, { ...relu, attributes: { ...relu.attributes, beta: Number.POSITIVE_INFINITY } });
      }
    }
  }
  return { ...graph, nodes: graph.nodes.map((node) => relus.get(node) ?? node), constants };
}

const ROUNDS = 10;

/** Scales the channels between two layers; false where their numbers of channels differ. */
function balance(constants: Map<string, Tensor>, first: Layer, second: Layer): boolean {
  const [writing, reading] = [first, second].map(({ node }) => constants.get(node.inputs[1])!);
  const writer = filterOf(writing, first.axis);
  const reader = channelOf(reading, second);
  const count = writing.shape[first.axis];
  if (reader.count !== count) return false;
  const before = largest(writing, writer, count);
  const after = largest(reading, reader.of, count);
  const factors = before.map((r1, channel) => (r1 > 0 && after[channel] > 0 ? Math.sqrt(r1 / after[channel]) : 1));
  const scaled = (name: string, of: (index: number) => number, power: 1 | -1) => {
    const { shape, data } = constants.get(name)!;
    const numbers = (data as Float32Array).map((value, index) => value * factors[of(index)] ** power);
    constants.set(name, new Tensor('float32', shape, numbers));
  };
  scaled(first.node.inputs[1], writer, -1);
  if (first.node.inputs[2]) scaled(first.node.inputs[2], (index) => index, -1);
  scaled(second.node.inputs[1], reader.of, 1);
  return true;
}

function largest(weights: Tensor, of: (index: number) => number, count: number): number[] {
  const most = new Array<number>(count).fill(0);
  (weights.data as Float32Array).forEach((value, index) => {
    most[of(index)] = Math.max(most[of(index)], Math.abs(value));
  });
  return most;
}

/** The channel of the input that an element of weights is for, and how many there are. */
function channelOf(weights: Tensor, { node, axis }: Layer): { of: (index: number) => number; count: number } {
  const { shape } = weights;
  if (node.op === 'matmul') return { of: filterOf(weights, 1 - axis), count: shape[1 - axis] };
  const groups = (node.attributes.groups ?? 1) as number;
  const [filter, within] = [filterOf(weights, 0), filterOf(weights, 1)];
  const perGroup = shape[0] / groups;
  const of = (index: number) => Math.floor(filter(index) / perGroup) * shape[1] + within(index);
  return { of, count: groups * shape[1] };
}

/**
 * The bias that makes up for the rounding of weights: what the rounded ones give more on the mean input, channel by channel
 * (Nagel et al., section 4.2; the padding counts as inside).
 * @param scales of the weights
 * @param means of the input's channels
 */
export function correctedBias(
  weights: Tensor,
  layer: Layer,
  scales: Float32Array,
  bias: Tensor | undefined,
  means: Float64Array,
): Tensor {
  const filter = filterOf(weights, layer.axis);
  const { of } = channelOf(weights, layer);
  const corrected = Float64Array.from({ length: weights.shape[layer.axis] }, (_, i) => Number(bias?.data[i] ?? 0));
  (weights.data as Float32Array).forEach((value, index) => {
    const scale = scales[scales.length === 1 ? 0 : filter(index)];
    const rounded = Math.max(-128, Math.min(127, nearest(value, scale))) * scale;
    corrected[filter(index)] -= (rounded - value) * means[of(index)];
  });
  return new Tensor('float32', [corrected.length], Float32Array.from(corrected));
}
