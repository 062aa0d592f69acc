// Aligned tables for the terminal.

import { styleText } from 'node:util';

/** Whether stdout shows colours; files, pipes and NO_COLOR say no. */
const colors = process.stdout.isTTY === true && process.stdout.getColorDepth() > 1;

/** `text` in the style named, where there are colours. */
export function style(format: 'bold' | 'dim' | 'green' | 'yellow' | 'red', text: string): string {
  return colors ? styleText(format, text) : text;
}

/** Rows of cells under a head, the first column to the left and the others to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  console.log(style('bold', line(head)));
  console.log(style('dim', '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2))));
  for (const row of rows) console.log(line(row));
}
