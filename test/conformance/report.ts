// Outcomes as a table for people.

import type { Outcome } from './case.js';

/** One case with one binary. */
export interface Entry {
  readonly binary: string;
  readonly outcome: Outcome;
  /** Why the case doesn't apply. */
  readonly reason?: string;
}

export interface Counts {
  passed: number;
  failed: number;
  notApplicable: number;
}

/** One row an operator with its counts, then the failures, then what doesn't apply, then the sums. */
export function report(entries: readonly Entry[]): { text: string; counts: Counts } {
  const counts = countsOf(entries);
  const operators = [...new Set(entries.map(({ outcome }) => outcome.op))].sort();
  const rows = operators.map((op) => [op, ...cellsOf(countsOf(entries.filter(({ outcome }) => outcome.op === op)))]);
  const table = [['operator', 'passed', 'failed', 'not applicable'], ...rows, ['all', ...cellsOf(counts)]];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
  const failures = entries
    .filter(isFailure)
    .map(({ binary, outcome }) => `FAILED ${outcome.path} (${binary}): ${outcome.text}`);
  const reasons = new Map<string, number>();
  for (const { reason } of entries) if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const excused = [...reasons].map(([reason, count]) => `not applicable (${count}): ${reason}`);
  const text = [...lines, '', ...failures, ...excused, `${counts.passed} passed, ${counts.failed} failed`].join('\n');
  return { text, counts };
}

function isFailure({ outcome, reason }: Entry): boolean {
  return !outcome.passed && reason === undefined;
}

function countsOf(entries: readonly Entry[]): Counts {
  const passed = entries.filter(({ outcome }) => outcome.passed).length;
  const failed = entries.filter(isFailure).length;
  return { passed, failed, notApplicable: entries.length - passed - failed };
}

function cellsOf({ passed, failed, notApplicable }: Counts): string[] {
  return [passed, failed, notApplicable].map(String);
}
