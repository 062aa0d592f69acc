// The cases that don't apply, each with its reason: the one list of them.

import { basename, join } from 'node:path';
import { importers } from '../../src/formats/onnx/operators.js';
import { type Case, type Outcome, operatorsIn } from './case.js';

/** Operators that the library doesn't have. */
export const lackingOperators: readonly string[] = [
  'CenterCropPad',
  'DepthToSpace',
  'GridSample',
  'LpPool',
  'NonMaxSuppression',
  'RoiAlign',
  'SpaceToDepth',
];

/** Cases, by the last folder of their paths, that use an operator in a way that the library refuses, and why it does. */
const refusedUses: Readonly<Record<string, string>> = {
  test_pow_types_float32_int64: 'Pow of integers',
  test_pow_types_int: 'Pow of integers',
  test_reduce_max_bool_inputs: 'ReduceMax of bool',
  test_training_dropout_zero_ratio: 'Dropout in training mode',
  test_training_dropout_zero_ratio_mask: 'Dropout in training mode',
};

/** Cases that no arithmetic in float32 decides, and why. */
const undecidable: Readonly<Record<string, string>> = {
  'onnx-light/squeezenet': 'softmax of logits that are equal and 9.5e9: one unit in the last place is e^1024',
};

/** Why an outcome is neither a pass nor a failure, by the lists above; undefined where they don't tell. */
export function reasonOf(folder: string, test: Case, outcome: Outcome): string | undefined {
  if (outcome.passed) return undefined;
  if (outcome.code !== 'UNSUPPORTED') return Object.entries(undecidable).find(([end]) => test.path.endsWith(end))?.[1];
  const lacking = new Set(operatorsIn(join(folder, test.path)).filter((name) => !importers.has(name)));
  if (lacking.size === 0) return refusedUses[basename(test.path)];
  const listed = [...lacking].every((name) => lackingOperators.includes(name));
  return listed ? `no operator ${[...lacking].join(', ')}` : undefined;
}
