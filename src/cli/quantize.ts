// quadlane quantize: a model in 8 bits from one in float, and what that changes.

import { type Model, type Tensor, tensor } from '../index.js';
import { exportOnnx } from '../onnx.js';
import { printable } from '../printable.js';
import { type CalibrationMethod, quantize as quantizeModel } from '../quantize/index.js';
import { modelAt, readAt, refuseToOverwrite, writeAt } from './files.js';
import { UsageError } from './usage.js';
import { valueAt } from './values.js';

export interface QuantizeOptions {
  readonly calibrate?: string;
  readonly out?: string;
  readonly method?: string;
  readonly exclude: readonly string[];
}

/** Layers that are named as the worst. */
const WORST = 5;

/** Runs that are timed of each model, in turns. */
const TIMED = 9;

/** Reads the model at `from` and the inputs at `calibrate`, one a row, writes `out` and tells what it is worth. */
export async function quantize(from: string, { calibrate, out, method, exclude }: QuantizeOptions): Promise<string> {
  if (calibrate === undefined) throw new UsageError('quantize needs sample inputs: --calibrate <file.npy>, one a row');
  if (out === undefined) throw new UsageError('quantize needs a file to write: --out <file.onnx>');
  const ending = out.slice(out.lastIndexOf('.') + 1).toLowerCase();
  if (ending !== 'onnx' && ending !== 'safetensors') throw new UsageError(`${out} must end in .onnx or .safetensors`);
  refuseToOverwrite(out, [from, calibrate]);
  using exact = await modelAt(from);
  const samples = rowsOf(exact, calibrate);
  const chosen = method === undefined ? {} : { method: method as CalibrationMethod };
  using quantized = await quantizeModel(exact, { calibration: samples, exclude, ...chosen });
  const bytes = ending === 'onnx' ? exportOnnx(quantized) : await quantized.save();
  const changed = answersChanged(exact, quantized, samples);
  const [slow, fast] = times(exact, quantized, samples[0]);
  writeAt(out, bytes);
  const report = quantized.report!;
  const worst = report.layers.slice(0, WORST);
  const outputs = Object.entries(report.outputs);
  const before = readAt(from).byteLength;
  const count = (value: number) => value.toLocaleString('en-US');
  return `${[
    `${printable(out)}: ${count(bytes.byteLength)} bytes, ${((100 * bytes.byteLength) / before).toFixed(0)} % of ${count(before)}`,
    `a run: ${fast.toFixed(2)} ms, ${slow.toFixed(2)} ms in float`,
    ...outputs.map(([name, ratio]) => `"${printable(name)}": ${decibels(ratio)} above its error`),
    `first answer changed on ${changed} of ${samples.length} inputs`,
    'layers that lose most:',
    ...worst.map(
      ({ layer, precision, signalToNoise }) => `  ${printable(layer)} (${precision}): ${decibels(signalToNoise)}`,
    ),
  ].join('\n')}\n`;
}

function decibels(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(1)} dB` : 'exact';
}

/** The rows of the array in a file, an input of the model each. */
function rowsOf(model: Model, path: string): Tensor[] {
  const [[, { dtype, shape }], ...others] = Object.entries(model.inputs);
  if (others.length > 0) throw new UsageError('the model has several inputs: quantize it by quadlane/quantize');
  const all = valueAt(path, dtype);
  const row = all.shape.slice(1);
  const size = row.reduce((product, extent) => product * extent, 1);
  const count = all.shape[0] ?? 0;
  if (row.length + 1 !== shape.length || count === 0 || size === 0) {
    throw new UsageError(
      `${path} holds [${all.shape.join(', ')}], but the model takes [${shape.join(', ')}]: one input a row`,
    );
  }
  const each = typeof shape[0] === 'number' ? shape[0] : 1;
  if (count % each !== 0) throw new UsageError(`${path} holds ${count} inputs, but a run takes ${each}`);
  return Array.from({ length: count / each }, (_, index) =>
    tensor(all.data.slice(index * each * size, (index + 1) * each * size), [each, ...row], dtype),
  );
}

function first({ data }: Tensor): number {
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  return numbers.reduce((best, value, index) => (value > numbers[best] ? index : best), 0);
}

function answersChanged(exact: Model, quantized: Model, samples: readonly Tensor[]): number {
  const [input] = Object.keys(exact.inputs);
  const [output] = Object.keys(exact.outputs);
  return samples.filter((sample) => {
    const [a, b] = [exact, quantized].map((model) => first(model.runSync({ [input]: sample })[output]));
    return a !== b;
  }).length;
}

/** Median milliseconds of a run of each, in turns. */
function times(one: Model, two: Model, sample: Tensor): number[] {
  const [input] = Object.keys(one.inputs);
  const taken: number[][] = [[], []];
  for (let round = 0; round < TIMED; round++) {
    [one, two].forEach((model, index) => {
      const start = performance.now();
      model.runSync({ [input]: sample }, { copy: false });
      taken[index].push(performance.now() - start);
    });
  }
  return taken.map((all) => all.sort((a, b) => a - b)[TIMED >> 1]);
}
