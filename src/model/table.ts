// Aligned tables as lines of text.

/**
 * Lines of a table: head, rule, rows, rule, sums.
 * @param left columns from the first on that are aligned to the left; the others are aligned to the right
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: number,
  total: readonly string[],
): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows, total].map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((a, b) => a + b + 2, -2));
  return [line(head), rule, ...rows.map(line), rule, line(total)];
}
