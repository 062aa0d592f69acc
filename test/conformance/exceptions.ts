// The cases that don't apply, each with its reason: the one list of them.

import { join } from 'node:path';
import { importers } from '../../src/formats/onnx/importers.js';
import { type Case, type Outcome, operatorsIn } from './case.js';

/** Operators that the library doesn't have. */
export const lackingOperators: readonly string[] = [];

/** Why an outcome is neither a pass nor a failure, by the lists above; undefined where they don't tell. */
export function reasonOf(folder: string, test: Case, outcome: Outcome): string | undefined {
  if (outcome.passed || outcome.code !== 'UNSUPPORTED') return undefined;
  const lacking = new Set(operatorsIn(join(folder, test.path)).filter((name) => !importers.has(name)));
  const listed = lacking.size > 0 && [...lacking].every((name) => lackingOperators.includes(name));
  return listed ? `no operator ${[...lacking].join(', ')}` : undefined;
}
