// A plan as a table for people.

import type { Plan } from './plan/plan.js';
import { formatShape } from './shape.js';

/** One row a node: name, operator, output shape, parameters, multiply-adds; sums below. */
export function summarize(plan: Plan): string {
  const rows = plan.nodes.map((node) => [
    node.name,
    node.label,
    node.outputs.map(formatShape).join(' '),
    node.parameters === 0 ? '' : grouped(node.parameters),
    node.cost === 0 ? '' : grouped(node.cost),
  ]);
  const sum = (of: (node: Plan['nodes'][number]) => number) =>
    grouped(plan.nodes.reduce((total, node) => total + of(node), 0));
  const head = ['layer', 'operator', 'output', 'parameters', 'multiply-adds'];
  const total = ['total', '', '', sum((node) => node.parameters), sum((node) => node.cost)];
  const widths = head.map((_, column) => Math.max(...[head, ...rows, total].map((row) => row[column].length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((a, b) => a + b + 2, -2));
  return [line(head), rule, ...rows.map(line), rule, line(total)].join('\n');
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
