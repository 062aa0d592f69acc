// quadlane summary: what a model takes and gives, and its layers.

import { QuadlaneError, type ValueInfo } from '../index.js';
import { printable, printableLine } from '../printable.js';
import { modelAt } from './files.js';
import { inputsFor, sizesNote } from './inputs.js';

export interface SummaryOptions {
  readonly dim: readonly string[];
}

/** The table for the sizes in `dim`, or for the model's own; where those that are left don't do, what is known without. */
export async function summary(path: string, { dim }: SummaryOptions): Promise<string> {
  using model = await modelAt(path);
  const given = inputsFor(model, dim, []);
  const isOpen = Object.values(model.inputs).some(({ shape }) => shape.some((extent) => typeof extent === 'string'));
  const notes = given.ones.length > 0 ? [printableLine(sizesNote(given.ones))] : [];
  let layers: string;
  try {
    if (isOpen) model.runSync(given.inputs);
    layers = model.summary();
  } catch (error) {
    if (!(error instanceof QuadlaneError) || notes.length === 0) throw error;
    layers = `the layers depend on sizes that aren't given: ${error.message}`;
  }
  const lines = [
    ...valueLines('input', model.inputs),
    ...valueLines('output', model.outputs),
    '',
    layers,
    ...notes,
    '',
  ];
  return lines.join('\n');
}

function valueLines(kind: string, values: Readonly<Record<string, ValueInfo>>): string[] {
  return Object.entries(values).map(([name, { dtype, shape }]) => {
    const sizes = shape.map((extent) => printable(String(extent)));
    return `${kind} ${printable(name)}: ${dtype} [${sizes.join(', ')}]`;
  });
}
