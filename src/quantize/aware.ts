// Networks that learn in the knowledge of their rounding: calibrated as for 8 bits, but in floats, with scales that are
// parameters.

import type { Graph } from '../graph/graph.js';
import { annotate } from './annotate.js';
import { samplesOf } from './calibration.js';
import { Laboratory } from './laboratory.js';
import { type CalibrationOptions, checkCalibration, type Quantizable } from './options.js';
import { calibrate } from './quantizer.js';

/**
 * A network to fine-tune: batch norms folded, weights and activations rounded to 8 bits in the forward pass, gradients passed
 * straight through (`createTrainer` takes it). `quantize` makes integers of what is trained, with the scales that were learnt.
 * @throws QuadlaneError as `quantize`
 */
export async function quantizationAware<Output extends string>(
  source: Quantizable<Output>,
  options: CalibrationOptions,
): Promise<Quantizable<Output>> {
  const settings = checkCalibration('quantizationAware()', source, options);
  const samples = await samplesOf(source.graph, options.calibration);
  const laboratory = await Laboratory.open({});
  try {
    const calibrated = await calibrate(laboratory, source, samples, settings);
    return {
      graph: annotate(calibrated.graph, calibrated.placement, { ...calibrated, trainable: true }) as Graph<Output>,
    };
  } finally {
    laboratory.leave();
  }
}
