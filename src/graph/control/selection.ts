// Results with as many entries as the values say: computed on the host, between two stretches.

import { QuadlaneError } from '../../errors.js';
import { numbersOf } from '../../ops/lowering/values.js';
import { normalizeAxis, stridesOf } from '../../shape.js';
import { newArray, Tensor } from '../../tensor.js';
import type { Control, Node } from '../graph.js';
import { entryOf, stacked } from './stacking.js';

/** What a node gives on inputs that are all known. */
type Rule = (inputs: readonly Tensor[], attributes: Node['attributes']) => readonly Tensor[];

/** @param rule computes the outputs at load where all inputs are constants, else in each run */
const onHost = (rule: Rule): Control => ({
  expand(node, values) {
    if (!node.inputs.every((name, index) => name === '' || values[index])) return undefined;
    const results = rule(values as readonly Tensor[], node.attributes);
    const given = node.outputs.flatMap((name, index) => (name === '' ? [] : [[name, results[index]] as const]));
    return { nodes: [], constants: new Map(given) };
  },
  // biome-ignore lint/correctness/useYield: it has nothing to wait for
  *run(node, inputs) {
    return rule(inputs as readonly Tensor[], node.attributes);
  },
});

const indices = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  new Tensor('int64', shape, BigInt64Array.from(values, BigInt));

/** `[rank, count]`: on each axis, where the elements are that aren't zero. */
export const nonZero = onHost(([input]) => {
  const found: number[] = [];
  for (const [index, value] of numbersOf(input).entries()) if (value !== 0) found.push(index);
  const strides = stridesOf(input.shape);
  const places = input.shape.flatMap((size, axis) => found.map((at) => Math.floor(at / strides[axis]) % size));
  return [indices(places, [input.shape.length, found.length])];
});

const flat = (input: Tensor) => new Tensor(input.dtype, [input.size], input.data);

/** Entries of `input` along `axis`; none of them is a tensor of no entries. */
function entriesAt(input: Tensor, axis: number, chosen: readonly number[]): Tensor {
  if (chosen.length > 0)
    return stacked(
      chosen.map((index) => entryOf(input, axis, index)),
      axis,
    );
  return new Tensor(input.dtype, input.shape.with(axis, 0), newArray(input.dtype, 0));
}

/** The entries along `axis` (absent: of the elements in a row) where the condition, a list of bools, holds. */
export const compress = onHost(([input, condition], { axis }) => {
  const source = axis === undefined ? flat(input) : input;
  const at = axis === undefined ? 0 : normalizeAxis(axis as number, input.shape.length);
  const chosen = Array.from(condition.data, Number).flatMap((holds, index) => (holds ? [index] : []));
  if (chosen.length > 0 && chosen.at(-1)! >= source.shape[at]) {
    throw new QuadlaneError('INPUT', `it takes entry ${chosen.at(-1)} of an axis of ${source.shape[at]}`);
  }
  return [entriesAt(source, at, chosen)];
});

/**
 * The entries along `axis` (absent: the elements) that differ, in ascending order or (not `sorted`) as they come first; where each comes
 * first; which of them each entry is; how often each is there.
 */
export const unique = onHost(([input], { axis, sorted }) => {
  const source = axis === undefined ? flat(input) : input;
  const at = axis === undefined ? 0 : normalizeAxis(axis as number, input.shape.length);
  const entries = Array.from({ length: source.shape[at] }, (_, index) => numbersOf(entryOf(source, at, index)));
  const places = new Map<string, { first: number; all: number[] }>();
  entries.forEach((entry, index) => {
    const key = entry.map((value) => (Object.is(value, -0) ? 0 : value)).join();
    const place = places.get(key);
    if (place) place.all.push(index);
    else places.set(key, { first: index, all: [index] });
  });
  const found = [...places.values()];
  if (sorted) found.sort((a, b) => ascending(entries[a.first], entries[b.first]));
  const inverse = new Array<number>(entries.length);
  found.forEach(({ all }, index) => {
    for (const entry of all) inverse[entry] = index;
  });
  return [
    entriesAt(
      source,
      at,
      found.map(({ first }) => first),
    ),
    indices(found.map(({ first }) => first)),
    indices(inverse),
    indices(found.map(({ all }) => all.length)),
  ];
});

/** The order of lists by their first elements that differ; NaN is behind all others. */
function ascending(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (Number.isNaN(value) || Number.isNaN(other)) return Number(Number.isNaN(value)) - Number(Number.isNaN(other));
    if (value !== other) return value - other;
  }
  return 0;
}
