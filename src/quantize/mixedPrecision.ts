// Which layers stay in float so that a bound holds: as few as can be, those that lose most first.

import type { TypedGraph } from '../graph/graph.js';
import type { Tensors } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import { annotate } from './annotate.js';
import { withIntegers } from './integers.js';
import type { Laboratory } from './laboratory.js';
import type { LossBound, SignalToNoiseBound } from './options.js';
import { type Layer, type Placement, place } from './placement.js';
import type { Calibrated } from './quantizer.js';
import { signalToNoise } from './report.js';

/** Most samples that single layers are measured on. */
const FEW = 16;

/**
 * @param calibrated the network with all layers in 8 bits
 * @returns where nodes run so that the bound holds
 */
export async function placeWithin<Output extends string>(
  laboratory: Laboratory,
  calibrated: Calibrated,
  samples: readonly Tensors[],
  bound: SignalToNoiseBound | LossBound<Output>,
): Promise<Placement> {
  const { graph, placement, inFloat } = calibrated;
  const ordered = await bySensitivity(laboratory, calibrated, samples);
  const exact = await laboratory.watching(graph);
  const placed = (count: number): Placement => {
    const left = new Set(ordered.slice(0, count).map(({ node }) => node));
    return place(graph, placement.layers, (node) => inFloat(node) || left.has(node));
  };
  const reference = 'evaluate' in bound ? await bound.evaluate(exact as Model<Output>) : undefined;
  const holds = async (count: number): Promise<boolean> => {
    if (count === ordered.length) return true;
    const model = await laboratory.watching(withIntegers(annotate(graph, placed(count), calibrated)));
    try {
      if ('evaluate' in bound) return reference! - (await bound.evaluate(model as Model<Output>)) <= bound.maxLoss;
      const ratios = await signalToNoise(exact, model, samples, floatOutputs(graph));
      return Math.min(...ratios.values()) >= bound.signalToNoise;
    } finally {
      laboratory.release(model);
    }
  };
  let [least, most] = [0, ordered.length];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (await holds(middle)) most = middle;
    else least = middle + 1;
  }
  return placed(least);
}

/** Layers in the order of what the outputs lose where each alone is in 8 bits, the worst first. */
async function bySensitivity(
  laboratory: Laboratory,
  calibrated: Calibrated,
  samples: readonly Tensors[],
): Promise<Layer[]> {
  const { graph, placement, inFloat } = calibrated;
  const { layers } = placement;
  const exact = await laboratory.watching(graph);
  const measured: (readonly [Layer, number])[] = [];
  const nodes = new Set(layers.map(({ node }) => node));
  for (const layer of layers) {
    const alone = place(graph, [layer], (node) => inFloat(node) || (nodes.has(node) && node !== layer.node));
    const model = await laboratory.watching(annotate(graph, alone, calibrated));
    const ratios = await signalToNoise(exact, model, samples.slice(0, FEW), floatOutputs(graph));
    laboratory.release(model);
    measured.push([layer, Math.min(...ratios.values())]);
  }
  laboratory.release(exact);
  return measured.sort(([, a], [, b]) => a - b).map(([layer]) => layer);
}

/** Outputs whose errors can be measured. */
export function floatOutputs({ outputs, types, inputs }: TypedGraph): string[] {
  return [...new Set(outputs)].filter((name) => {
    return types.get(name)?.dtype === 'float32' && inputs.every((input) => input.name !== name);
  });
}
