// quantize(): from a network in float to a model in 8 bits.

import { QuadlaneError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import type { Graph, TypedGraph } from '../graph/graph.js';
import type { Tensors } from '../model/inputs.js';
import { atOnce } from '../work.js';
import { annotate, isAnnotated } from './annotate.js';
import { samplesOf } from './calibration.js';
import { withIntegers, withScales } from './integers.js';
import { Laboratory } from './laboratory.js';
import { floatOutputs, placeWithin } from './mixedPrecision.js';
import { checkQuantize, type Quantizable, type QuantizeOptions } from './options.js';
import { type Layer, layersOf } from './placement.js';
import { QuantizedModel } from './quantizedModel.js';
import { calibrate } from './quantizer.js';
import { QuantizationReport, signalToNoise } from './report.js';

/**
 * A network as a model that runs in 8 bits: batch norms folded, weights int8, activations uint8 (int8 where `symmetric`) with
 * scales that follow from sample inputs, from layer to layer. It saves to .safetensors and exports as ONNX with
 * QuantizeLinear and DequantizeLinear. Networks that were trained with rounding (`quantizationAware`) keep their scales.
 * @throws QuadlaneError `ARGUMENT` for networks without layers for 8 bits, options that aren't there, no samples, and scales
 * that training has brought to 0; `INPUT` for samples that don't fit or aren't finite; as `loadModel` besides
 */
export async function quantize<Output extends string>(
  source: Quantizable<Output>,
  options: QuantizeOptions<Output>,
): Promise<QuantizedModel<Output>> {
  const settings = checkQuantize(source, options);
  const { graph } = source;
  const { calibration, mixedPrecision, ...others } = options;
  const { method, percentile, perChannel, symmetric, exclude, equalize, biasCorrection, ...compiling } = others;
  const trained = isAnnotated(graph);
  if (calibration === undefined && !trained) {
    throw new QuadlaneError('ARGUMENT', 'quantize() needs sample inputs: { calibration: [tensor(...), ...] }');
  }
  const samples = calibration === undefined ? [] : await samplesOf(graph, calibration);
  const laboratory = await Laboratory.open(compiling);
  try {
    const made = trained
      ? fromTrained(laboratory, graph, samples)
      : await fromSamples(laboratory, source, samples, settings, mixedPrecision);
    const report = made.exact && (await measure(laboratory, made.exact, made.graph, made.layers, samples));
    const model = new QuantizedModel(made.graph as Graph<Output>, laboratory.engine, compiling, report);
    return atOnce(model.planning());
  } finally {
    laboratory.leave();
  }
}

interface Made {
  /** With integers. */
  readonly graph: Graph;
  /** The same network in float; undefined where there are no samples to compare on. */
  readonly exact: TypedGraph | undefined;
  /** All layers, and whether they are in 8 bits. */
  readonly layers: readonly (readonly [Layer, boolean])[];
}

async function fromSamples<Output extends string>(
  laboratory: Laboratory,
  source: Quantizable<Output>,
  samples: readonly Tensors[],
  settings: Parameters<typeof calibrate>[3],
  bound: QuantizeOptions<Output>['mixedPrecision'],
): Promise<Made> {
  const calibrated = await calibrate(laboratory, source, samples, settings);
  const placement = bound ? await placeWithin(laboratory, calibrated, samples, bound) : calibrated.placement;
  const { graph: exact } = calibrated;
  const layers = layersOf(exact).map((layer) => [layer, placement.nodes.has(layer.node)] as const);
  return { graph: withIntegers(annotate(exact, placement, calibrated)), exact, layers };
}

function fromTrained(laboratory: Laboratory, source: Graph, samples: readonly Tensors[]): Made {
  const graph = withScales(source, laboratory.folder(source));
  const result = withIntegers(graph);
  if (samples.length === 0) return { graph: result, exact: undefined, layers: [] };
  const exact = withoutRounding(laboratory.prepared(graph, samples[0]));
  const rounded = new Set(graph.nodes.filter(({ op }) => op === 'fakeQuantize').map(({ outputs }) => outputs[0]));
  const weightsOf = new Map(graph.nodes.map(({ name, inputs }) => [name, inputs[1]]));
  const layers = layersOf(exact).map((layer) => [layer, rounded.has(weightsOf.get(layer.node.name)!)] as const);
  return { graph: result, exact, layers };
}

/** An annotated network in float; its values keep the names of the rounded ones. */
function withoutRounding(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    if (node.op === 'fakeQuantize') builder.replace(node.outputs[0], node.inputs[0]);
    else
      builder.push(
        node,
        node.outputs.map((name) => graph.types.get(name)!),
      );
  }
  return builder.finish();
}

async function measure(
  laboratory: Laboratory,
  exact: TypedGraph,
  graph: Graph,
  layers: Made['layers'],
  samples: readonly Tensors[],
): Promise<QuantizationReport> {
  const outputs = floatOutputs(exact);
  const values = [...new Set([...layers.map(([{ result }]) => result), ...outputs])];
  const [one, two] = [await laboratory.watching(exact, values), await laboratory.watching(graph, values)];
  const ratios = await signalToNoise(one, two, samples, values);
  laboratory.release(one);
  laboratory.release(two);
  const rows = layers.map(([{ node, result }, isEightBit]) => ({
    layer: node.name,
    operator: node.op,
    precision: isEightBit ? ('int8' as const) : ('float32' as const),
    signalToNoise: ratios.get(result)!,
  }));
  rows.sort((a, b) => (a.signalToNoise === b.signalToNoise ? 0 : a.signalToNoise - b.signalToNoise));
  return new QuantizationReport(rows, Object.fromEntries(outputs.map((name) => [name, ratios.get(name)!])));
}
