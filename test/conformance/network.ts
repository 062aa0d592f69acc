// What is asked of whole networks besides their stored outputs: any batch gives each of its images the same result, and
// values inside the network are right.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { compileGraph } from '../../src/model/load.js';
import { sizeOf } from '../../src/shape.js';
import { newArray, Tensor } from '../../src/tensor.js';
import {
  type Case,
  dataSets,
  difference,
  externalData,
  modelBytes,
  type Outcome,
  outcomeOf,
  readValue,
} from './case.js';

/** Batches that networks of an open batch size run with besides the stored one. */
const BATCHES = [1, 3];
/** Absolute tolerance of values inside a network, in units of the largest one. */
const INNER_TOLERANCE = 5e-5;

/** Statistics of one value. */
interface Statistics {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Elements by their places. */
  readonly sample: readonly (readonly [place: number, value: number])[];
}

/** Runs a network on its stored inputs, repeated to other batches, and looks at its inner values. */
export function runNetwork(folder: string, test: Case, deterministic: boolean): Outcome {
  const at = join(folder, test.path);
  return outcomeOf(test, () => {
    const graph = readOnnx(modelBytes(at), { externalData: externalData(at) });
    const inner = statisticsOf(at).filter(({ name }) => !graph.outputs.includes(name));
    using model = compileGraph(graph, { deterministic });
    using open = compileGraph(
      { ...graph, outputs: [...graph.outputs, ...inner.map(({ name }) => name)] },
      { deterministic },
    );
    let worst = 0;
    for (const [index, set] of dataSets(at).entries()) {
      const inputs = graph.inputs.map(({ name }, i) => [name, readValue(set, `input_${i}`)] as const);
      const expected = graph.outputs.map((_, i) => readValue(set, `output_${i}`));
      const stored = inputs[0][1].shape[0];
      for (const batch of test.dynamicBatch ? new Set([stored, ...BATCHES]) : [stored]) {
        const given = inputs.map(([name, value]) => [name, repeated(value, batch)] as const);
        const outputs = Object.values(model.runSync(Object.fromEntries(given)));
        const found = outputs.map((actual, i) => {
          const whole = batch === stored ? expected[i] : repeated(expected[i], batch);
          return difference(actual, whole, test);
        });
        worst = Math.max(worst, ...found);
      }
      // The statistics are those of the first data set.
      if (index > 0 || inner.length === 0) continue;
      const outputs = open.runSync(Object.fromEntries(inputs));
      worst = Math.max(worst, ...inner.map((statistics) => innerDifference(outputs[statistics.name], statistics)));
    }
    return worst;
  });
}

function statisticsOf(at: string): Statistics[] {
  const file = join(at, 'intermediates.json');
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as { tensors: Statistics[] }).tensors;
}

/** The images of `value` again and again until there are `batch`. */
function repeated(value: Tensor, batch: number): Tensor {
  const { dtype, shape, data } = value;
  const block = sizeOf(shape.slice(1));
  const result = newArray(dtype, block * batch);
  for (let image = 0; image < batch; image++) {
    const from = (image % shape[0]) * block;
    result.set(data.subarray(from, from + block) as never, image * block);
  }
  return new Tensor(dtype, [batch, ...shape.slice(1)], result);
}

/** Largest difference of elements and statistics, in units of the tolerance. */
function innerDifference({ shape, data }: Tensor, expected: Statistics): number {
  if (shape.join() !== expected.shape.join())
    throw new Error(`"${expected.name}" is [${shape}] instead of [${expected.shape}]`);
  const values = Float64Array.from(data as ArrayLike<number>);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const allowed = INNER_TOLERANCE * Math.max(Math.abs(expected.min), Math.abs(expected.max));
  const pairs = [
    [mean, expected.mean],
    [Math.sqrt(variance), expected.std],
    [values.reduce((a, b) => Math.min(a, b)), expected.min],
    [values.reduce((a, b) => Math.max(a, b)), expected.max],
    ...expected.sample.map(([place, value]) => [values[place], value]),
  ];
  const ratios = pairs.map(([actual, wanted]) => Math.abs(actual - wanted) / (allowed + 1e-3 * Math.abs(wanted)));
  return ratios.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...ratios);
}
