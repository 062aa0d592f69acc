// One case of a folder laid out as the ONNX backend tests are: model.onnx, and inputs and outputs in test_data_set_N/.
// Tensors may be recipes (input_0.json instead of input_0.pb, weights.json instead of weights.bin); see generator.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QuadlaneError } from '../../src/errors.js';
import { readTensorProto } from '../../src/formats/onnx/proto.js';
import { Message } from '../../src/formats/onnx/protobuf.js';
import { readTensor } from '../../src/formats/onnx/tensor-data.js';
import { loadModelSync } from '../../src/load.js';
import type { Model } from '../../src/model.js';
import { Tensor } from '../../src/tensor.js';
import { generate, type Recipe } from './generator.js';

export interface Case {
  /** Path below the suite's folder. */
  readonly path: string;
  readonly op: string;
  readonly rtol: number;
  readonly atol: number;
  /** Integer outputs may differ by one: a requantised value's rounding. */
  readonly offByOne?: boolean;
  readonly dynamicBatch?: boolean;
  readonly inputs: readonly { readonly shape: readonly number[] }[];
}

export interface Outcome {
  readonly path: string;
  readonly op: string;
  readonly passed: boolean;
  /** The largest difference in units of the tolerance, or what went wrong. */
  readonly text: string;
}

/** The cases that a folder's manifest.json lists. */
export function listCases(folder: string): Case[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: Case[] };
  return manifest.cases;
}

/** Runs a case with one binary on all its data sets. */
export function runCase(folder: string, test: Case, deterministic: boolean): Outcome {
  const at = join(folder, test.path);
  let model: Model | undefined;
  try {
    model = loadModelSync(readFileSync(join(at, 'model.onnx')), { deterministic, externalData: externalData(at) });
    let worst = 0;
    for (const set of readdirSync(at).filter((name) => name.startsWith('test_data_set_'))) {
      worst = Math.max(worst, runSet(model, join(at, set), test));
    }
    return {
      path: test.path,
      op: test.op,
      passed: worst <= 1,
      text: worst <= 1 ? '' : `${worst.toPrecision(3)} x the tolerance`,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const text = error instanceof QuadlaneError ? `${error.code}: ${error.message}` : (error.stack ?? error.message);
    return { path: test.path, op: test.op, passed: false, text };
  } finally {
    model?.dispose();
  }
}

/** Weights by recipe, where the case has them. */
function externalData(at: string): (location: string) => Uint8Array {
  return () => {
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
  const exact = expected.dtype !== 'float32';
  let worst = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [Number(actual.data[i]), Number(expected.data[i])];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const allowed = exact ? (offByOne ? 1 : 0) : atol + rtol * Math.abs(e);
    const ratio = Math.abs(a - e) / allowed;
    worst = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : Math.max(worst, ratio);
  }
  return worst;
}
