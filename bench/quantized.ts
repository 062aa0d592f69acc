// Layers of multiply-adds in 8 bits against the same ones in float32, and against the peak of integers.

import type { Graph } from '../src/graph/graph.js';
import { Tensor, tensor } from '../src/tensor.js';
import { formatNumber, formatTime, markDisturbed } from './format.js';
import { type Layer, quantizedLayers } from './layers.js';
import { type Effort, measure, median, ratio, wasDisturbed } from './measure.js';
import { Program } from './program.js';
import { uniform } from './random.js';
import { printTable, style } from './table.js';

export interface QuantizedResult {
  readonly layer: string;
  readonly kernel: string;
  readonly seconds: number;
  readonly floatSeconds: number;
  /** Float32's time over that in 8 bits. */
  readonly ratio: number;
  /** Operations a second; multiply-adds count as two. */
  readonly rate: number;
  readonly shareOfPeak: number;
  readonly disturbed: boolean;
}

/** The layer's graph from 8 bits to 8 bits: activations from 0 to 255 around 0, weights of one scale a filter. */
function inEightBits({ graph }: Layer): Graph {
  const [node] = graph.nodes;
  const [w, bias] = node.inputs.slice(1).map((name) => graph.constants.get(name)!);
  const columns = bias.size;
  const weights = Int8Array.from(uniform(w.size, -64, 64, 2), Math.round);
  const { groups, strides, padding } = node.attributes;
  const isConv = node.op === 'conv';
  const constants = new Map<string, Tensor>([
    ['w', new Tensor('int8', w.shape, weights)],
    ['zero', tensor(Uint8Array.of(0), [])],
    ['bias', tensor(new Int32Array(columns).fill(100), [columns])],
    ['multiplier', tensor(new Float32Array(columns).fill(1e-3), [columns])],
  ]);
  return {
    ...graph,
    inputs: [{ ...graph.inputs[0], dtype: 'uint8' }],
    nodes: [
      {
        ...node,
        op: isConv ? 'convInteger' : 'matmulInteger',
        inputs: [node.inputs[0], 'w', 'zero', '', 'bias', 'multiplier', 'zero'],
        attributes: isConv ? { groups, strides, padding } : {},
      },
    ],
    constants,
  };
}

/** Measures the layers of shapes/quantized.txt and prints them. */
export async function measureQuantized(
  module: WebAssembly.Module,
  _variant: 'strict' | 'relaxed',
  effort: Effort,
): Promise<QuantizedResult[]> {
  const peak = Program.ofIntegerPeak(module);
  const results: QuantizedResult[] = [];
  for (const layer of quantizedLayers()) results.push(await measureLayer(layer, module, peak, effort));
  console.log(`\n${style('bold', 'quantized')}`);
  printTable(
    ['layer', 'kernel', 'Gop/s', 'of peak', 'time', 'float32', 'ratio'],
    results.map(({ layer, kernel, rate, shareOfPeak, seconds, floatSeconds, ratio, disturbed }) => [
      markDisturbed(layer, disturbed),
      kernel,
      formatNumber(rate / 1e9),
      `${(100 * shareOfPeak).toFixed(0)} %`,
      formatTime(seconds),
      formatTime(floatSeconds),
      `${formatNumber(ratio)} x`,
    ]),
  );
  return results;
}

async function measureLayer(
  layer: Layer,
  module: WebAssembly.Module,
  peak: ReturnType<typeof Program.ofIntegerPeak>,
  effort: Effort,
): Promise<QuantizedResult> {
  const [float, integer] = [layer.graph, inEightBits(layer)].map((graph) => Program.of(graph, module));
  float.fill(0, layer.inputs[0]);
  integer.fill(
    0,
    Uint8Array.from(layer.inputs[0], (value) => Math.round(127.5 * (value + 1))),
  );
  float.run();
  integer.run();
  const steps = (program: Program) => () => program.runSteps(program.firstStep, program.plan.steps.length);
  const times = await measure({ peak: () => peak.program.run(), integer: steps(integer), float: steps(float) }, effort);
  const seconds = median(times.integer);
  return {
    layer: layer.label,
    kernel: integer.kernel,
    seconds,
    floatSeconds: median(times.float),
    ratio: ratio(times.float, times.integer),
    rate: layer.operations / seconds,
    shareOfPeak: (ratio(times.peak, times.integer) * layer.operations) / peak.operations,
    disturbed: wasDisturbed(),
  };
}
