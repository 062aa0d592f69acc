// What the values of a network hold on sample inputs: their extremes, how often they lie where, and means of channels.

import { QuadlaneError } from '../errors.js';
import type { TypedGraph } from '../graph/graph.js';
import { checkInputs, type Tensors } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import { shown } from '../printable.js';
import { formatShape } from '../shape.js';
import { asTensor, isFloat, newArray, Tensor } from '../tensor.js';
import type { Placement } from './placement.js';
import { Histogram, type Range } from './range.js';

/** Inputs of one run: a tensor for a network of one input, else tensors by name. */
export type Sample = Tensor | Tensors;

/** Sample inputs, one run after the other: a list, or anything that is iterated, at once or as they come. */
export type Calibration = Iterable<Sample> | AsyncIterable<Sample>;

/**
 * Copies of all samples, in which nothing is wrong.
 * @throws QuadlaneError `ARGUMENT` for what can't be iterated or holds nothing, `INPUT` for samples that don't fit the network
 * or have elements that are no finite numbers
 */
export async function samplesOf(graph: Pick<TypedGraph, 'inputs'>, calibration: Calibration): Promise<Tensors[]> {
  const given = calibration as (Partial<Iterable<Sample>> & Partial<AsyncIterable<Sample>>) | undefined;
  const isOne = asTensor(calibration) !== undefined || typeof calibration === 'string';
  if (isOne || (!given?.[Symbol.iterator] && !given?.[Symbol.asyncIterator])) {
    throw new QuadlaneError(
      'ARGUMENT',
      `calibration must be a list, or something else that gives tensors one by one, as [tensor(...), ...]; got ${shown(calibration)}`,
    );
  }
  const samples: Tensors[] = [];
  for await (const sample of calibration) {
    const inputs = asTensor(sample) ? { [graph.inputs[0].name]: sample as Tensor } : (sample as Tensors);
    const checked = checkInputs(graph.inputs, inputs);
    const copies = checked.map((value, index) => copyOf(value, graph.inputs[index].name, samples.length));
    samples.push(Object.fromEntries(copies.map((copy, index) => [graph.inputs[index].name, copy])));
  }
  if (samples.length === 0) {
    throw new QuadlaneError('ARGUMENT', 'calibration is empty: give at least one sample, better some hundred');
  }
  return samples;
}

function copyOf(value: Tensor, name: string, sample: number): Tensor {
  const copy = newArray(value.dtype, value.data.length);
  copy.set(value.data as never);
  const result = new Tensor(value.dtype, value.shape, copy);
  if (isFloat(value.dtype)) {
    const numbers = result.toFloat32();
    const at = numbers.findIndex((number) => !Number.isFinite(number));
    if (at >= 0) {
      throw new QuadlaneError(
        'INPUT',
        `sample ${sample + 1} of calibration has ${numbers[at]} in input "${name}" ${formatShape(value.shape)}: scales follow from finite numbers only`,
        { shapes: [value.shape] },
      );
    }
  }
  return result;
}

export interface Statistics {
  /** What the values of each class hold, by the class's name. */
  readonly histograms: ReadonlyMap<string, Histogram>;
  /** Mean of each channel of what layers read, by the name of the value. */
  readonly means: ReadonlyMap<string, Float64Array>;
}

/**
 * Runs the samples twice: for the extremes, then for the histograms between them.
 * @param model puts out all values that have a scale
 * @throws QuadlaneError `INPUT` where a value isn't finite
 */
export async function observe(model: Model, samples: readonly Tensors[], placement: Placement): Promise<Statistics> {
  const { classes, layers } = placement;
  const ranges = new Map<string, Range>();
  const means = new Map<string, Float64Array>(layers.map(({ node }) => [node.inputs[0], new Float64Array(0)]));
  const seen = new Map<string, number>();
  await eachRun(model, samples, classes.keys(), (name, value) => {
    const own = extremes(value.data as Float32Array, name);
    const known = ranges.get(classes.get(name)!) ?? { low: 0, high: 0 };
    ranges.set(classes.get(name)!, { low: Math.min(known.low, own.low), high: Math.max(known.high, own.high) });
    if (!means.has(name)) return;
    means.set(name, channelSums(value, means.get(name)!));
    seen.set(name, (seen.get(name) ?? 0) + value.size / (value.shape.at(-1) || 1));
  });
  for (const [name, sums] of means)
    means.set(
      name,
      sums.map((sum) => sum / (seen.get(name) || 1)),
    );
  const histograms = new Map([...ranges].map(([name, range]) => [name, new Histogram(range)]));
  await eachRun(model, samples, classes.keys(), (name, value) => {
    histograms.get(classes.get(name)!)!.add(value.data as Float32Array);
  });
  return { histograms, means };
}

/** Calls `see` with each of the values `names` in each run; a value is overwritten by the next run. */
export async function eachRun(
  model: Model,
  samples: readonly Tensors[],
  names: Iterable<string>,
  see: (name: string, value: Tensor) => void,
): Promise<void> {
  const wanted = [...names];
  for (const sample of samples) {
    const outputs: Record<string, Tensor> = { ...sample, ...(await model.run(sample, { copy: false })) };
    for (const name of wanted) see(name, outputs[name]);
  }
}

function extremes(values: Float32Array, name: string): Range {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < low) low = value;
    else if (value > high) high = value;
    else if (Number.isNaN(value)) low = Number.NaN;
  }
  if (Number.isFinite(low) && Number.isFinite(high)) return { low, high };
  throw new QuadlaneError('INPUT', `"${name}" isn't finite on the calibration inputs: 8 bits can't stand for it`);
}

function channelSums({ data, shape }: Tensor, known: Float64Array): Float64Array {
  const channels = shape.at(-1) || 1;
  const sums = known.length === channels ? known : new Float64Array(channels);
  for (let i = 0, channel = 0; i < data.length; i++, channel = channel + 1 === channels ? 0 : channel + 1) {
    sums[channel] += (data as Float32Array)[i];
  }
  return sums;
}
