// quadlane summary: what a model takes and gives, and its layers.

import type { ValueInfo } from '../index.js';
import { printable } from '../printable.js';
import { modelAt } from './files.js';
import { inputsFor } from './inputs.js';

/** The table for the sizes in `dims`, or for the model's own. */
export async function summary(path: string, dims: readonly string[]): Promise<string> {
  using model = await modelAt(path);
  const isOpen = Object.values(model.inputs).some(({ shape }) => shape.some((extent) => typeof extent === 'string'));
  if (isOpen) model.runSync(inputsFor(model, dims, []));
  return [...valueLines('input', model.inputs), ...valueLines('output', model.outputs), '', model.summary(), ''].join(
    '\n',
  );
}

function valueLines(kind: string, values: Readonly<Record<string, ValueInfo>>): string[] {
  return Object.entries(values).map(
    ([name, { dtype, shape }]) =>
      `${kind} ${printable(name)}: ${dtype} [${shape.map((extent) => printable(String(extent))).join(', ')}]`,
  );
}
