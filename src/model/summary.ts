// Networks as tables for people, before and after they are compiled.

import type { Plan } from '../plan/plan.js';
import { printableLine } from '../printable.js';
import { formatShape } from '../shape.js';
import { eightBitNotes } from './eightBits.js';
import { table } from './table.js';

/** One line of a summary. */
export interface SummaryRow {
  readonly name: string;
  /** The layer's kind, or the operator with what is fused into it. */
  readonly kind: string;
  readonly shapes: readonly (readonly (number | string)[])[];
  readonly parameters: number;
  /** Multiply-adds. */
  readonly cost: number;
  /** Bytes of what it puts out. */
  readonly bytes: number;
  /** Pixels of the input that an element sees, on each spatial axis; undefined where it isn't spatial. */
  readonly receptiveField: readonly number[] | undefined;
}

const HEAD = ['layer', 'kind', 'output', 'parameters', 'multiply-adds', 'memory', 'receptive field'];
const LEFT_ALIGNED = 3;

/** One row an operator of the plans of a run, sums below, and the memory that the model holds. */
export function summarizePlans(
  plans: readonly Plan[],
  memory: { total: number; weights: number; activations: number },
): string {
  const nodes = plans.flatMap((plan) => plan.nodes);
  const rows = nodes.map((node) => ({ ...node, kind: node.label, shapes: node.outputs }));
  const held = `memory: ${formatBytes(memory.total)}, of it weights ${formatBytes(memory.weights)}, activations ${formatBytes(memory.activations)}`;
  return summaryTable(rows, [held, ...eightBitNotes({ nodes }).map(printableLine)]);
}

/** `rows` as a table with a line of sums, and `notes` below it. */
export function summaryTable(rows: readonly SummaryRow[], notes: readonly string[]): string {
  const sum = (of: (row: SummaryRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const cells = rows.map((row) => [
    row.name,
    row.kind,
    row.shapes.map(formatShape).join(' '),
    row.parameters === 0 ? '' : grouped(row.parameters),
    row.cost === 0 ? '' : grouped(row.cost),
    formatBytes(row.bytes),
    row.receptiveField ? formatField(row.receptiveField) : '-',
  ]);
  const total = ['total', '', '', grouped(sum((row) => row.parameters)), grouped(sum((row) => row.cost)), '', ''];
  const legend = 'receptive field in elements of the input; - behind what sees all of it';
  return [...table(HEAD, cells, LEFT_ALIGNED, total), ...notes, legend].join('\n');
}

/** `7` for a square, `7x9` otherwise. */
function formatField(extents: readonly number[]): string {
  const rounded = extents.map(Math.round);
  return rounded.every((extent) => extent === rounded[0]) ? String(rounded[0]) : rounded.join('x');
}

/** `1.5 MB` as people write it, in units of 1024. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
