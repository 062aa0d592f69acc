// From samples to scales: a network prepared, equalised, observed, and how each of its values is rounded.

import { QuadlaneError } from '../errors.js';
import type { Node, TypedGraph } from '../graph/graph.js';
import type { Tensors } from '../model/inputs.js';
import type { AnnotateOptions } from './annotate.js';
import { observe } from './calibration.js';
import { equalize } from './correction.js';
import type { Laboratory } from './laboratory.js';
import { exclusion, type Quantizable, type Settings } from './options.js';
import { layersOf, type Placement, place } from './placement.js';
import { chooseRange } from './range.js';
import { affineOf } from './scales.js';

/** A network with scales, all layers in 8 bits that may be. */
export interface Calibrated extends AnnotateOptions {
  readonly graph: TypedGraph;
  readonly placement: Placement;
  /** Whether a node stays in float whatever it costs. */
  readonly inFloat: (node: Node) => boolean;
}

/** @throws QuadlaneError `ARGUMENT` where the network has no layers for 8 bits, `INPUT` where its values aren't finite */
export async function calibrate(
  laboratory: Laboratory,
  source: Quantizable,
  samples: readonly Tensors[],
  settings: Settings,
): Promise<Calibrated> {
  const prepared = laboratory.prepared(source.graph, samples[0]);
  const { method, percentile, perChannel, symmetric, biasCorrection } = settings;
  const graph = settings.equalize ? equalize(prepared, layersOf(prepared)) : prepared;
  const inFloat = exclusion(graph, settings.exclude);
  const placement = place(graph, layersOf(graph), inFloat);
  if (placement.layers.length === 0) {
    throw new QuadlaneError(
      'ARGUMENT',
      'the network has no convolutions or products with constant float32 weights that 8 bits could be for',
    );
  }
  const model = await laboratory.watching(graph, placement.classes.keys());
  const { histograms, means } = await observe(model, samples, placement);
  laboratory.release(model);
  const byClass = new Map(
    [...histograms].map(([name, histogram]) => {
      return [name, affineOf(chooseRange(histogram, method, percentile), symmetric)] as const;
    }),
  );
  const affines = new Map([...placement.classes].map(([name, one]) => [name, byClass.get(one)!]));
  return { graph, placement, inFloat, affines, perChannel, ...(biasCorrection && { means }) };
}
