// quadlane run: one run of a model, its outputs printed or written.

import type { Tensor } from '../index.js';
import { printable } from '../printable.js';
import { modelAt, writeAt } from './files.js';
import { inputsFor } from './inputs.js';
import { toJson } from './values.js';

export interface RunOptions {
  readonly dim: readonly string[];
  readonly input: readonly string[];
  readonly threads: string;
  readonly output?: string;
}

/** Elements that are printed of each output: the greatest ones where it is one row, else the first. */
const MOST_PRINTED = 5;

export async function run(path: string, { dim, input, threads, output }: RunOptions): Promise<string> {
  using model = await modelAt(path, threads);
  const outputs = await model.run(inputsFor(model, dim, input));
  if (output !== undefined) writeAt(output, toJson(outputs));
  return Object.entries(outputs)
    .map(([name, value]) => `${printable(name)}: ${value.dtype} [${value.shape.join(', ')}]\n  ${excerpt(value)}\n`)
    .join('');
}

function excerpt({ shape, data }: Tensor): string {
  const values = Array.from(data as ArrayLike<number | bigint>, Number);
  const format = (value: number) => String(Number(value.toPrecision(6)));
  const isRow = values.length > MOST_PRINTED && shape.at(-1) === values.length;
  if (!isRow) return values.slice(0, MOST_PRINTED).map(format).join(' ') + (values.length > MOST_PRINTED ? ' ...' : '');
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, MOST_PRINTED);
  return `greatest: ${order.map((index) => `[${index}] ${format(values[index])}`).join('  ')}`;
}
