// Layers of a family against the engine's multiply-add peak and against plain JavaScript.

import { formatNumber, formatTime, markDisturbed } from './format.js';
import { type Family, type Layer, layersOf, multiplyAddFamilies } from './layers.js';
import { type Effort, measure, median, ratio, wasDisturbed } from './measure.js';
import { PEAK_PROGRAM, Program } from './program.js';
import { printTable, style } from './table.js';

/** Plain JavaScript computes at most about this many operations a call. */
const NAIVE_OPERATIONS = 1e6;

export interface LayerResult {
  readonly layer: string;
  /** The kernel that was chosen for its shape. */
  readonly kernel: string;
  readonly seconds: number;
  readonly naiveSeconds: number;
  /** Plain JavaScript's time over quadlane's. */
  readonly ratio: number;
  /** Operations a second; multiply-adds count as two. */
  readonly rate: number;
  /** Part of the multiply-add peak measured in the same rounds. */
  readonly shareOfPeak?: number;
  /** Something else used the core during most samples. */
  readonly disturbed: boolean;
}

/** Measures all layers of a family and prints them. */
export async function measureFamily(name: Family, module: WebAssembly.Module, effort: Effort): Promise<LayerResult[]> {
  const layers = layersOf(name);
  const multiplyAdds = multiplyAddFamilies.includes(name);
  const peak = Program.ofPeak(module);
  const results: LayerResult[] = [];
  for (const layer of layers) results.push(await measureLayer(layer, peak, multiplyAdds, module, effort));
  console.log(`\n${style('bold', name)}`);
  printTable(
    ['layer', ...(multiplyAdds ? ['kernel', 'GFLOP/s', 'of peak'] : ['Gop/s']), ...['time', 'naive', 'ratio']],
    results.map(({ layer, kernel, rate, shareOfPeak, seconds, naiveSeconds, ratio, disturbed }) => [
      markDisturbed(layer, disturbed),
      ...(multiplyAdds ? [kernel] : []),
      formatNumber(rate / 1e9),
      ...(multiplyAdds ? [`${(100 * shareOfPeak!).toFixed(0)} %`] : []),
      formatTime(seconds),
      formatTime(naiveSeconds),
      `${formatNumber(ratio)} x`,
    ]),
  );
  return results;
}

async function measureLayer(
  layer: Layer,
  peak: Program,
  multiplyAdds: boolean,
  module: WebAssembly.Module,
  effort: Effort,
): Promise<LayerResult> {
  const program = Program.of(layer.graph, module);
  const { firstStep, plan } = program;
  const units = Math.max(1, Math.min(layer.units, Math.round((layer.units * NAIVE_OPERATIONS) / layer.operations)));
  for (const [index, values] of layer.inputs.entries()) program.fill(index, values);
  program.run();
  checkAgreement(layer, program.output(), layer.naive(units), units / layer.units);
  const times = await measure(
    {
      peak: () => peak.run(),
      quadlane: () => program.runSteps(firstStep, plan.steps.length),
      naive: () => layer.naive(units),
    },
    effort,
  );
  const share = units / layer.units;
  const seconds = median(times.quadlane);
  return {
    layer: layer.label,
    kernel: program.kernel,
    seconds,
    naiveSeconds: median(times.naive) / share,
    ratio: ratio(times.naive, times.quadlane) / share,
    rate: layer.operations / seconds,
    disturbed: wasDisturbed(),
    ...(multiplyAdds && { shareOfPeak: (ratio(times.peak, times.quadlane) * layer.operations) / PEAK_PROGRAM }),
  };
}

/** Throws unless both computed the same, up to rounding, where plain JavaScript computed anything. */
function checkAgreement({ label }: Layer, fast: Float32Array, plain: Float32Array, share: number): void {
  const count = Math.floor(plain.length * share);
  for (let i = 0; i < count; i++) {
    const error = Math.abs(fast[i] - plain[i]);
    if (!(error <= 1e-3 * Math.max(1, Math.abs(plain[i])))) {
      throw new Error(`${label}: element ${i} is ${fast[i]}, but plain JavaScript computes ${plain[i]}`);
    }
  }
}
