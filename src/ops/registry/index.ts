// The registry of operators. Those that the compiler's own passes make stand here; every other one is brought along by
// the front ends that build graphs of it: one line, here, in common.ts or in rare.ts.

import { activation } from '../elementwise/activation.js';
import { binary } from '../elementwise/binary.js';
import { unary } from '../elementwise/unary.js';
import { reshape } from '../layout/reshape.js';
import type { Operator } from '../operator.js';

/** Every operator that was registered, by name. */
export const operators: Record<string, Operator> = {
  activation,
  binary,
  reshape,
  unary,
};

/** Adds operators that a front end brings along. */
export function register(more: Readonly<Record<string, Operator>>): void {
  Object.assign(operators, more);
}
