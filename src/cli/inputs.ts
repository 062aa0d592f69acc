// Inputs of a model: sizes from the command line, elements from files, zeros elsewhere.

import { type Model, type Tensor, tensor, typedArrays } from '../index.js';
import { pair, UsageError } from './usage.js';
import { valueAt } from './values.js';

/**
 * A tensor for each input of `model`.
 * @param dims `name=size` for sizes that the model leaves open
 * @param files `name=file` for inputs
 */
export function inputsFor(model: Model, dims: readonly string[], files: readonly string[]): Record<string, Tensor> {
  const sizes = new Map(dims.map((text) => sizeOf(text)));
  const open = new Set(
    Object.values(model.inputs).flatMap(({ shape }) => shape.filter((extent) => typeof extent === 'string')),
  );
  for (const name of sizes.keys()) {
    if (!open.has(name)) throw new UsageError(`the model has no open size "${name}"; those it has are ${listed(open)}`);
  }
  const given = new Map(files.map((text) => pair('input', text)));
  for (const name of given.keys()) {
    if (!(name in model.inputs)) {
      throw new UsageError(`the model has no input "${name}"; its inputs are ${listed(Object.keys(model.inputs))}`);
    }
  }
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, { dtype, shape }]) => {
      const file = given.get(name);
      if (file !== undefined) return [name, valueAt(file, dtype)];
      const sized = shape.map((extent) => (typeof extent === 'string' ? (sizes.get(extent) ?? 1) : extent));
      const data = new typedArrays[dtype](sized.reduce((a, b) => a * b, 1));
      return [name, tensor(data, sized, dtype)];
    }),
  );
}

function sizeOf(text: string): [string, number] {
  const [name, value] = pair('dim', text);
  const size = Number(value);
  if (!Number.isInteger(size) || size < 0) throw new UsageError(`--dim ${name} takes a whole number, not "${value}"`);
  return [name, size];
}

function listed(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(', ') || 'none';
}
