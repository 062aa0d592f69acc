// The cases that don't apply, each with its reason: the one list of them.

import { basename, join } from 'node:path';
import { importers } from '../../src/formats/onnx/operators.js';
import { type Case, type Outcome, operatorsIn } from './case.js';

/** Operators that the library doesn't have. */
export const lackingOperators: readonly string[] = ['NonMaxSuppression'];

/** Cases, by the ends of their paths, that use an operator in a way that the library refuses, and why it does. */
const refusedUses: Readonly<Record<string, string>> = {
  test_pow_types_float32_int64: 'Pow of integers',
  test_pow_types_int: 'Pow of integers',
  test_reduce_max_bool_inputs: 'ReduceMax of bool',
  test_training_dropout_zero_ratio: 'Dropout in training mode',
  test_training_dropout_zero_ratio_mask: 'Dropout in training mode',
};

/** Why an outcome is neither a pass nor a failure, by the lists above; undefined where they don't tell. */
export function reasonOf(folder: string, test: Case, outcome: Outcome): string | undefined {
  if (outcome.passed || outcome.code !== 'UNSUPPORTED') return undefined;
  const lacking = new Set(operatorsIn(join(folder, test.path)).filter((name) => !importers.has(name)));
  if (lacking.size === 0) return refusedUses[basename(test.path)];
  const listed = [...lacking].every((name) => lackingOperators.includes(name));
  return listed ? `no operator ${[...lacking].join(', ')}` : undefined;
}
