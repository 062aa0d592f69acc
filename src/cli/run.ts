// quadlane run: one run of a model, its outputs printed or written.

import type { Tensor } from '../index.js';
import { printable } from '../printable.js';
import { modelAt, refuseToOverwrite, writeAt } from './files.js';
import { inputsFor, sizesNote, withSizes } from './inputs.js';
import { note, pair, threadsIn } from './usage.js';
import { numbersIn, toJson } from './values.js';

export interface RunOptions {
  readonly dim: readonly string[];
  readonly input: readonly string[];
  readonly threads: string;
  readonly output?: string;
}

/** Elements that are printed of each output: the greatest ones where it is one row, else the first. */
const MOST_PRINTED = 5;

export async function run(path: string, { dim, input, threads, output }: RunOptions): Promise<string> {
  if (output !== undefined) refuseToOverwrite(output, [path, ...input.map((text) => pair('input', text)[1])]);
  using model = await modelAt(path, threadsIn(threads));
  const given = inputsFor(model, dim, input);
  const outputs = await withSizes(given, () => model.run(given.inputs));
  if (output !== undefined) writeAt(output, toJson(outputs));
  const { zeros, ones } = given;
  if (zeros.length > 0) {
    const names = zeros.map((name) => `"${name}"`).join(', ');
    note(`no data given for ${names}: the run was on zeros; give them with --input <name>=<file>`);
  }
  if (ones.length > 0) note(sizesNote(ones));
  return Object.entries(outputs)
    .map(([name, value]) => `${printable(name)}: ${value.dtype} [${value.shape.join(', ')}]\n  ${excerpt(value)}\n`)
    .join('');
}

function excerpt(tensor: Tensor): string {
  const values = numbersIn(tensor);
  const format = (value: number) => String(Number(value.toPrecision(6)));
  const isRow = values.length > MOST_PRINTED && tensor.shape.at(-1) === values.length;
  if (!isRow) return values.slice(0, MOST_PRINTED).map(format).join(' ') + (values.length > MOST_PRINTED ? ' ...' : '');
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, MOST_PRINTED);
  return `greatest: ${order.map((index) => `[${index}] ${format(values[index])}`).join('  ')}`;
}
