// Inputs of a model: sizes from the command line, elements from files, zeros elsewhere.

import { type Model, QuadlaneError, type Tensor, tensor, typedArrays } from '../index.js';
import { pair, UsageError } from './usage.js';
import { valueAt } from './values.js';

/** Most elements of an axis. */
const LARGEST = 2 ** 30;

/** What a model is run on. */
export interface Given {
  readonly inputs: Record<string, Tensor>;
  /** Inputs that are zeros, since no file was given. */
  readonly zeros: readonly string[];
  /** Open sizes of those that are 1, since no other was given. */
  readonly ones: readonly string[];
}

/**
 * A tensor for each input of `model`.
 * @param dims `name=size` for sizes that the model leaves open
 * @param files `name=file` for inputs
 */
export function inputsFor(model: Model, dims: readonly string[], files: readonly string[]): Given {
  const sizes = pairs('dim', dims);
  const open = new Set(
    Object.values(model.inputs).flatMap(({ shape }) => shape.filter((extent) => typeof extent === 'string')),
  );
  for (const name of sizes.keys()) {
    if (!open.has(name)) throw new UsageError(`the model has no open size "${name}"; those it has are ${listed(open)}`);
  }
  const given = pairs('input', files);
  const declared = new Map(Object.entries(model.inputs));
  for (const name of given.keys()) {
    if (!declared.has(name)) {
      throw new UsageError(`the model has no input "${name}"; its inputs are ${listed(declared.keys())}`);
    }
  }
  const ones = new Set<string>();
  const sizeOf = (extent: number | string): number => {
    if (typeof extent === 'number') return extent;
    const size = sizes.get(extent);
    if (size === undefined) ones.add(extent);
    return size === undefined ? 1 : wholeNumber(extent, size);
  };
  const inputs = [...declared].map(([name, { dtype, shape }]): [string, Tensor] => {
    const file = given.get(name);
    if (file !== undefined) return [name, valueAt(file, dtype)];
    const sized = shape.map(sizeOf);
    return [name, tensor(zeros(name, dtype, sized), sized, dtype)];
  });
  return {
    inputs: Object.fromEntries(inputs),
    zeros: [...declared.keys()].filter((name) => !given.has(name)),
    ones: [...ones],
  };
}

/**
 * What `run` returns; its errors say which open sizes were taken as 1.
 * @param given what the model is run on
 */
export async function withSizes<T>({ ones }: Given, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof QuadlaneError) || ones.length === 0) throw error;
    throw new UsageError(`${error.message}\n${sizesNote(ones)}`);
  }
}

/** Says of open sizes that they are 1, and how to give others. */
export function sizesNote(ones: readonly string[]): string {
  const options = ones.map((name) => `--dim ${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}=<size>`);
  return `open sizes are taken as 1: ${listed(ones)}; give them with ${options.join(' ')}`;
}

function zeros(name: string, dtype: Tensor['dtype'], shape: readonly number[]) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size > LARGEST) throw new UsageError(`input "${name}" would have ${size} elements: give smaller sizes`);
  try {
    return new typedArrays[dtype](size);
  } catch (error) {
    throw new UsageError(`input "${name}" of ${size} elements doesn't fit: ${(error as Error).message}`);
  }
}

/** Options of the kind `name=value`, each name once. */
function pairs(option: string, texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of texts) {
    const [name, value] = pair(option, text);
    if (found.has(name)) throw new UsageError(`--${option} ${name} is given twice`);
    found.set(name, value);
  }
  return found;
}

function wholeNumber(name: string, value: string): number {
  const size = Number(value);
  if (/^\d+$/.test(value) && size <= LARGEST) return size;
  throw new UsageError(`--dim ${name} takes a whole number up to ${LARGEST}, not "${value}"`);
}

function listed(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(', ') || 'none';
}
