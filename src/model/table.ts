// Aligned tables as lines of text.

import { printable } from '../printable.js';

/**
 * Lines of a table: head, rule, rows, rule, sums; cells as terminals may show them.
 * @param left columns from the first on that are aligned to the left; the others are aligned to the right
 */
export function table(
  head: readonly string[],
  given: readonly (readonly string[])[],
  left: number,
  total: readonly string[],
): string[] {
  const rows = given.map((row) => row.map(printable));
  const widths = head.map((_, column) =>
    [head, ...rows, total].reduce((most, row) => Math.max(most, row[column].length), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((a, b) => a + b + 2, -2));
  return [line(head), rule, ...rows.map(line), rule, line(total)];
}
