// Reference data for training: families of cases with PyTorch's results in float64, as `<family>.json` beside
// `<family>.safetensors`, and how results are compared with them.

import { readFileSync } from 'node:fs';
import { QuadlaneError } from '../../../src/errors.js';
import { readSafetensors } from '../../../src/formats/safetensors/index.js';
import type { Tensor } from '../../../src/tensor.js';
import { Cannot } from './given.js';

export interface Case {
  readonly id: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each family has parameters of its own
  readonly params: Readonly<Record<string, any>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Family {
  readonly name: string;
  readonly cases: readonly Case[];
  /** The tensor `name` of a case: an input, or an output in float64 (rounded to float32). */
  tensor(test: Case, name: string): Tensor;
}

/** What came of one case with one binary. */
export interface Outcome {
  readonly family: string;
  readonly name: string;
  readonly binary: string;
  /** Undefined where everything is as expected. */
  readonly failure: string | undefined;
  /** Whether the failure is that the case can't be built: something in its description isn't known. */
  readonly cannot?: boolean;
}

/** What came of `run`, which gives what is wrong, if anything; errors of quadlane are wrong too. */
export function outcome(which: Pick<Outcome, 'family' | 'name' | 'binary'>, run: () => string | undefined): Outcome {
  try {
    return { ...which, failure: run() };
  } catch (error) {
    return { ...which, ...failureOf(error) };
  }
}

/** An error as a failure. */
export function failureOf(error: unknown): Pick<Outcome, 'failure' | 'cannot'> {
  if (error instanceof Cannot) return { failure: error.message, cannot: true };
  if (error instanceof QuadlaneError) return { failure: `${error.code}: ${error.message}` };
  throw error;
}

export function readFamily(folder: string, name: string): Family {
  const { cases } = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as { cases: Case[] };
  const tensors = readSafetensors(readFileSync(`${folder}/${name}.safetensors`));
  return {
    name,
    cases,
    tensor: (test, tensor) => tensors.get(`${test.id}/${tensor}`) ?? tensors.get(`${test.id}/${tensor}.f64`)!,
  };
}

/** What is wrong with `actual`, if anything: an element is within `relative` of its own size and `ofLargest` of the largest. */
export function mismatch(
  actual: ArrayLike<number | bigint>,
  expected: ArrayLike<number | bigint>,
  relative: number,
  ofLargest: number,
): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} elements instead of ${expected.length}`;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(Number(expected[i])));
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    if (Math.abs(a - e) <= relative * Math.abs(e) + ofLargest * largest) continue;
    return `element ${i} is ${a} instead of ${e}`;
  }
  return undefined;
}
