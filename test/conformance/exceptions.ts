// The cases that don't apply, each with its reason: the one list of them.

import { join } from 'node:path';
import { importers } from '../../src/formats/onnx/operators.js';
import { type Case, type Outcome, operatorsIn } from './case.js';

/** Operators that the library doesn't have. */
export const lackingOperators: readonly string[] = [];

/** Cases that no arithmetic in float32 decides, and why. */
const undecidable: Readonly<Record<string, string>> = {
  'onnx-light/squeezenet': 'softmax of logits that are equal and 9.5e9: one unit in the last place is e^1024',
};

/** Why an outcome is neither a pass nor a failure, by the lists above; undefined where they don't tell. */
export function reasonOf(folder: string, test: Case, outcome: Outcome): string | undefined {
  if (outcome.passed) return undefined;
  if (outcome.code !== 'UNSUPPORTED') return Object.entries(undecidable).find(([end]) => test.path.endsWith(end))?.[1];
  const lacking = new Set(operatorsIn(join(folder, test.path)).filter((name) => !importers.has(name)));
  const listed = lacking.size > 0 && [...lacking].every((name) => lackingOperators.includes(name));
  return listed ? `no operator ${[...lacking].join(', ')}` : undefined;
}
