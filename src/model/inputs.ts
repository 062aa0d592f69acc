// What a run is given, checked against what the model declares.

import { QuadlaneError } from '../errors.js';
import type { GraphInput } from '../graph/graph.js';
import { formatShape, sizeOf } from '../shape.js';
import { arrayOn, Tensor } from '../tensor.js';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * The inputs in the order of the graph.
 * @throws QuadlaneError `INPUT` naming the input that doesn't fit, and how
 */
export function checkInputs(declared: readonly GraphInput[], inputs: Tensors): Tensor[] {
  const names = declared.map((input) => input.name);
  if (!(inputs instanceof Object) || inputs instanceof Tensor || Array.isArray(inputs) || ArrayBuffer.isView(inputs)) {
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
    const given = inputs[input.name];
    if (!given)
      throw new QuadlaneError('INPUT', `input "${input.name}" is missing; the model's inputs are ${quoted(names)}`);
    checkInput(input, given, bound);
    return given;
  });
}

/** Names as a message lists them. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** Checks type, rank and sizes of one input; open sizes of one name must agree across inputs. */
function checkInput(input: GraphInput, given: Tensor, bound: Map<string, number>): void {
  const wanted = `input "${input.name}" takes ${input.dtype} ${formatShape(input.shape)}`;
  if (!(given instanceof Object) || !Array.isArray(given.shape) || !ArrayBuffer.isView(given.data)) {
    throw new QuadlaneError('INPUT', `${wanted}; wrap the data: tensor(data, ${formatShape(input.shape)})`);
  }
  if (given.dtype !== input.dtype) {
    const { name } = arrayOn(input.dtype, new ArrayBuffer(0), 0, 0).constructor;
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
}
