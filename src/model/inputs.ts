// What a run is given, checked against what the model declares.

import { QuadlaneError } from '../errors.js';
import type { GraphInput } from '../graph/graph.js';
import { formatShape, sizeOf } from '../shape.js';
import { asTensor, type Tensor, typedArrays } from '../tensor.js';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * The inputs in the order of the graph.
 * @throws QuadlaneError `INPUT` naming the input that doesn't fit, and how
 */
export function checkInputs(declared: readonly GraphInput[], inputs: Tensors): Tensor[] {
  const names = declared.map((input) => input.name);
  const isList = Array.isArray(inputs) || ArrayBuffer.isView(inputs);
  if (typeof inputs !== 'object' || inputs === null || isList || asTensor(inputs)) {
    const example = names.map((name) => `${name}: tensor(...)`).join(', ');
    throw new QuadlaneError('INPUT', `run() takes an object with a tensor for each input by name: { ${example} }`);
  }
  for (const name of Object.keys(inputs)) {
    if (!names.includes(name)) {
      throw new QuadlaneError('INPUT', `the model has no input "${name}"; its inputs are ${quoted(names)}`);
    }
  }
  const bound = new Map<string, number>();
  return declared.map((input) => {
    // Objects have names of their own: an input may be called "constructor".
    const given = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
    if (!given)
      throw new QuadlaneError('INPUT', `input "${input.name}" is missing; the model's inputs are ${quoted(names)}`);
    return checkInput(input, given, bound);
  });
}

/** Names as a message lists them. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** One input, its type, rank and sizes checked; open sizes of one name must agree across inputs. */
function checkInput(input: GraphInput, value: Tensor, bound: Map<string, number>): Tensor {
  const wanted = `input "${input.name}" takes ${input.dtype} ${formatShape(input.shape)}`;
  const given = asTensor(value);
  if (!given) throw new QuadlaneError('INPUT', `${wanted}; wrap the data: tensor(data, ${formatShape(input.shape)})`);
  if (given.dtype !== input.dtype) {
    const { name } = typedArrays[input.dtype];
    throw new QuadlaneError('INPUT', `${wanted}, but a ${given.dtype} tensor was given; convert its data to ${name}`);
  }
  const fits =
    given.shape.length === input.shape.length &&
    input.shape.every((extent, axis) => {
      if (typeof extent === 'number') return given.shape[axis] === extent;
      const before = bound.get(extent) ?? given.shape[axis];
      bound.set(extent, given.shape[axis]);
      return before === given.shape[axis];
    });
  if (!fits)
    throw new QuadlaneError('INPUT', `${wanted}, but ${formatShape(given.shape)} was given`, { shapes: [given.shape] });
  if (given.data.length !== sizeOf(given.shape)) {
    throw new QuadlaneError(
      'INPUT',
      `input "${input.name}" has shape ${formatShape(given.shape)} but ${given.data.length} elements; a live view dies when the memory grows, ask for it again`,
    );
  }
  return given;
}
