// One case of a folder laid out as the ONNX backend tests are: model.onnx, and inputs and outputs in test_data_set_N/.
// Tensors may be recipes (input_0.json instead of input_0.pb, weights.json instead of weights.bin); see generator.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type ErrorCode, QuadlaneError } from '../../src/errors.js';
import { readModelProto, readTensorProto } from '../../src/formats/onnx/proto.js';
import { Message } from '../../src/formats/onnx/protobuf.js';
import { readTensor } from '../../src/formats/onnx/tensor-data.js';
import { loadModelSync } from '../../src/model/load.js';
import type { Model } from '../../src/model/model.js';
import { isFloat, readerOf, Tensor } from '../../src/tensor.js';
import { generate, type Recipe } from './generator.js';

export interface Case {
  /** Path below the suite's folder. */
  readonly path: string;
  readonly op: string;
  readonly rtol: number;
  readonly atol: number;
  /** Integer outputs may differ by one: a requantised value's rounding. */
  readonly offByOne?: boolean;
  /** ONNX Runtime computes the case right without its optimisations only. */
  readonly ortUnoptimized?: boolean;
  /** The first axis of all inputs and outputs is a batch of any size. */
  readonly dynamicBatch?: boolean;
}

export interface Outcome {
  readonly path: string;
  readonly op: string;
  readonly passed: boolean;
  /** The largest difference in units of the tolerance, or what went wrong. */
  readonly text: string;
  /** The code of the library's error, where there was one. */
  readonly code?: ErrorCode;
}

/** The tolerances of folders that have no manifest.json. */
const DEFAULT_TOLERANCE = { rtol: 1e-3, atol: 1e-5 };

/** The cases of a folder: those that its manifest.json, or one further up, lists, or else all that are found in it. */
export function listCases(folder: string): Case[] {
  let root = folder;
  while (!existsSync(join(root, 'manifest.json'))) {
    if (dirname(root) === root) return findCases(folder, '');
    root = dirname(root);
  }
  const { cases = [] } = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')) as { cases?: Case[] };
  return cases
    .map((test) => ({ ...test, path: relative(folder, join(root, test.path)) || '.' }))
    .filter(({ path }) => !path.startsWith('..') && existsSync(join(folder, path, 'model.onnx')));
}

function findCases(folder: string, path: string): Case[] {
  const entries = readdirSync(join(folder, path), { withFileTypes: true });
  if (entries.some(({ name }) => name === 'model.onnx')) {
    if (!entries.some(({ name }) => isDataSet(name))) return [];
    return [{ path: path || '.', op: operatorOf(join(folder, path)), ...DEFAULT_TOLERANCE }];
  }
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  return below.sort().flatMap((other) => findCases(folder, other));
}

/** The operator that a case is about, by its nodes. */
function operatorOf(at: string): string {
  try {
    const names = new Set(operatorsIn(at));
    return names.size === 1 ? [...names][0] : 'several operators';
  } catch {
    return 'unreadable';
  }
}

/** Names of the operators of a case's nodes. */
export function operatorsIn(at: string): string[] {
  const nodes = readModelProto(readFileSync(join(at, 'model.onnx'))).graph?.nodes ?? [];
  return nodes.map(({ domain, opType }) => (domain ? `${domain}.${opType}` : opType));
}

function isDataSet(name: string): boolean {
  return name.startsWith('test_data_set_');
}

/** Folders of a case's data sets. */
export function dataSets(at: string): string[] {
  return readdirSync(at)
    .filter(isDataSet)
    .sort()
    .map((name) => join(at, name));
}

/** Runs a case with one binary on all its data sets. */
export function runCase(folder: string, test: Case, deterministic: boolean): Outcome {
  const at = join(folder, test.path);
  let model: Model | undefined;
  return outcomeOf(test, () => {
    try {
      model = loadModelSync(modelBytes(at), { deterministic, externalData: externalData(at) });
      return Math.max(0, ...dataSets(at).map((set) => runSet(model!, set, test)));
    } finally {
      model?.dispose();
    }
  });
}

/** The outcome of `run`, which returns the largest difference in units of the tolerance or throws. */
export function outcomeOf({ path, op }: Case, run: () => number): Outcome {
  try {
    const worst = run();
    return { path, op, passed: worst <= 1, text: worst <= 1 ? '' : `${worst.toPrecision(3)} x the tolerance` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof QuadlaneError)) return { path, op, passed: false, text: error.stack ?? error.message };
    return { path, op, passed: false, text: `${error.code}: ${error.message}`, code: error.code };
  }
}

export function modelBytes(at: string): Uint8Array {
  return readFileSync(join(at, 'model.onnx'));
}

/** Weights by recipe, where the case has them; files beside the model otherwise. */
export function externalData(at: string): (location: string) => Uint8Array {
  return (location) => {
    if (!existsSync(join(at, 'weights.json'))) return readFileSync(join(at, location));
    const { bytes, tensors } = JSON.parse(readFileSync(join(at, 'weights.json'), 'utf8')) as {
      bytes: number;
      tensors: (Recipe & { offset: number })[];
    };
    const all = new Uint8Array(bytes);
    for (const recipe of tensors) {
      const data = generate(recipe);
      all.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), recipe.offset);
    }
    return all;
  };
}

/** The largest difference of any output, in units of the tolerance. */
function runSet(model: Model, folder: string, test: Case): number {
  const inputs = Object.keys(model.inputs).map((name, index) => [name, readValue(folder, `input_${index}`)] as const);
  const outputs = model.runSync(Object.fromEntries(inputs));
  const found = Object.values(outputs).map((actual, index) =>
    difference(actual, readValue(folder, `output_${index}`), test),
  );
  return Math.max(...found);
}

/** A tensor of a data set: `name` is input_N or output_N. */
export function readValue(folder: string, name: string): Tensor {
  const recipe = join(folder, `${name}.json`);
  if (!existsSync(recipe))
    return readTensor(readTensorProto(Message.over(readFileSync(join(folder, `${name}.pb`)), `${name}.pb`)));
  const parsed = JSON.parse(readFileSync(recipe, 'utf8')) as Recipe;
  const data = generate(parsed);
  const dtype = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
  return new Tensor(dtype, parsed.shape, data);
}

/** Largest |actual - expected| / (atol + rtol |expected|); infinite where type or shape differ. */
export function difference(actual: Tensor, expected: Tensor, { rtol, atol, offByOne }: Case): number {
  if (actual.dtype !== expected.dtype || actual.shape.join() !== expected.shape.join()) {
    throw new Error(`${actual.dtype} [${actual.shape}] instead of ${expected.dtype} [${expected.shape}]`);
  }
  const exact = !isFloat(expected.dtype);
  const read = readerOf(expected.dtype);
  let worst = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [read(actual.data[i]), read(expected.data[i])];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const allowed = exact ? (offByOne ? 1 : 0) : atol + rtol * Math.abs(e);
    const ratio = Math.abs(a - e) / allowed;
    worst = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : Math.max(worst, ratio);
  }
  return worst;
}
