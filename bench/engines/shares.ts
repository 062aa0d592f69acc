// What part of its own multiply-add peak one engine reaches on the layers that multiply and add.

import { type Family, layersOf } from '../layers.js';
import { measure, median, quick, ratio, thorough, wasDisturbed } from '../measure.js';
import { PEAK_PROGRAM, Program } from '../program.js';

export interface Share {
  readonly family: Family;
  readonly layer: string;
  readonly kernel: string;
  /** Floating-point operations a second, those of direct convolution. */
  readonly rate: number;
  /** `rate` over the rate of the peak's loop in the same rounds. */
  readonly share: number;
  /** Something else used the core during most samples. */
  readonly disturbed: boolean;
}

export interface EngineResult {
  readonly variant: 'strict' | 'relaxed';
  /** Floating-point operations a second of the peak's loop. */
  readonly peak: number;
  readonly shares: readonly Share[];
}

/** What an engine is to measure, as it is handed over: JSON. */
interface Task {
  readonly families: readonly Family[];
  readonly quick: boolean;
}

/** Measures every layer of the families in `task` with a compiled binary. */
export async function measureShares(
  module: WebAssembly.Module,
  variant: 'strict' | 'relaxed',
  task: string,
): Promise<EngineResult> {
  const { families: wanted, quick: isQuick }: Task = JSON.parse(task);
  const effort = isQuick ? quick : thorough;
  const peak = Program.ofPeak(module);
  const peaks: number[] = [];
  const shares: Share[] = [];
  for (const family of wanted) {
    for (const { label, graph, inputs, operations } of layersOf(family)) {
      const program = Program.of(graph, module);
      for (const [index, values] of inputs.entries()) program.fill(index, values);
      program.run();
      const { firstStep, kernel, plan } = program;
      const times = await measure(
        { peak: () => peak.run(), layer: () => program.runSteps(firstStep, plan.steps.length) },
        effort,
      );
      peaks.push(PEAK_PROGRAM / median(times.peak));
      shares.push({
        family,
        layer: label,
        kernel,
        rate: operations / median(times.layer),
        share: (ratio(times.peak, times.layer) * operations) / PEAK_PROGRAM,
        disturbed: wasDisturbed(),
      });
    }
  }
  return { variant, peak: median(peaks), shares };
}
