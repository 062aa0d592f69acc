// Any function of one 8-bit value is a table of 256 entries, which the operators' own kernels fill.

import { sameShape, sizeOf } from '../../../shape.js';
import { Tensor, type TensorType, tensor } from '../../../tensor.js';
import { type GraphBuilder, inferNode } from '../../builder.js';
import type { Folding, Node } from '../../graph.js';
import { type Affine, everyInteger, floatOf, integersOf, isSame, type Quantized, wholes } from './affine.js';

/** Operators of single elements, which broadcast. */
const elementwise: ReadonlySet<string> = new Set(['activation', 'binary', 'compare', 'unary', 'where']);

/** Most operators of one table. */
const MOST_STEPS = 16;

/** A value as a function of integers: an entry for each, in the order of their bytes, or one where it is a constant. */
interface Tabled {
  readonly root: Quantized | undefined;
  readonly values: Tensor;
}

/** Replaces what `node` quantizes by a table where it is a function of one 8-bit value; false where it isn't. */
export function tabulate(builder: GraphBuilder, node: Node, result: Affine, folding: Folding): boolean {
  const budget = { steps: MOST_STEPS };
  const { root, values } = functionOf(builder, node.inputs[0], folding, budget) ?? {};
  if (!root || values?.dtype !== 'float32') return false;
  if (!sameShape(builder.typeOf(root.value).shape, builder.typeOf(builder.resolve(node.inputs[0])).shape)) return false;
  lookUp(builder, node, root.value, wholes(values.data as Float32Array, [256], result));
  return true;
}

function functionOf(
  builder: GraphBuilder,
  name: string,
  folding: Folding,
  budget: { steps: number },
): Tabled | undefined {
  const value = builder.resolve(name);
  const integers = integersOf(builder, value);
  if (integers) return throughTables(builder, integers);
  const constant = builder.constants.get(value);
  if (constant) return constant.size === 1 ? { root: undefined, values: constant } : undefined;
  const node = builder.producer(value);
  if (!node || !elementwise.has(node.op) || node.outputs.length !== 1 || budget.steps-- === 0) return undefined;
  const inputs: Tabled[] = [];
  for (const input of node.inputs) {
    const found = functionOf(builder, input, folding, budget);
    if (!found) return undefined;
    inputs.push(found);
  }
  const root = inputs.find((input) => input.root)?.root;
  if (!root || inputs.some((input) => input.root && input.root.value !== root.value)) return undefined;
  const values = inputs.map(({ values }) => (values.size === 1 ? new Tensor(values.dtype, [], values.data) : values));
  const types = values.map(({ dtype, shape }): TensorType => ({ dtype, shape }));
  const outputs = inferNode(builder, node, types);
  const folded = folding.fold(node, values, types, outputs);
  return folded && sizeOf(outputs[0].shape) === 256 ? { root, values: folded[0] } : undefined;
}

/** The floats of `integers` as a function of what a table before them reads. */
function throughTables(builder: GraphBuilder, integers: Quantized): Tabled {
  const producer = builder.producer(integers.value);
  const table = producer?.op === 'lookUp' ? builder.constants.get(producer.inputs[1]) : undefined;
  const floats = (wholes: ArrayLike<number>) =>
    tensor(
      Float32Array.from(wholes, (whole) => floatOf(whole, integers)),
      [256],
    );
  if (!producer || !table) return { root: integers, values: floats(everyInteger(integers.dtype)) };
  const { dtype } = builder.typeOf(producer.inputs[0]);
  return { root: { ...integers, dtype, value: producer.inputs[0] }, values: floats(table.data as Uint8Array) };
}

/** The integers of `from` as those of `to`. */
export function requantized(builder: GraphBuilder, from: Quantized, to: Affine, name: string): string {
  if (isSame(from, to)) return from.value;
  const table = requantizing(from, to);
  if (isIdentity(table, from.dtype)) return from.value;
  return builder.apply('lookUp', [from.value, builder.constant(table, `${name}/table`)], {}, `${name}/lookUp`);
}

function requantizing(from: Affine, to: Affine): Tensor {
  return wholes(
    everyInteger(from.dtype).map((whole) => floatOf(whole, from)),
    [256],
    to,
  );
}

/** Makes the output of `node` the entries of `table` for the integers `value`. */
function lookUp(builder: GraphBuilder, node: Node, value: string, table: Tensor): void {
  if (isIdentity(table, builder.typeOf(value).dtype)) {
    builder.replace(node.outputs[0], value);
    return;
  }
  const inputs = [value, builder.constant(table, `${node.name}/table`)];
  builder.push({ ...node, op: 'lookUp', inputs, attributes: {} });
}

function isIdentity(table: Tensor, from: TensorType['dtype']): boolean {
  return table.dtype === from && everyInteger(from).every((whole, byte) => table.data[byte] === whole);
}

/** The bounds that `table` cuts integers of its own type to, where it does nothing else. */
export function boundsIn(table: Tensor, from: TensorType['dtype']): { low: number; high: number } | undefined {
  if (table.dtype !== from) return undefined;
  const data = Array.from(table.data as Uint8Array);
  const [low, high] = [Math.min(...data), Math.max(...data)];
  const cuts = everyInteger(from).every((whole, byte) => data[byte] === Math.max(low, Math.min(high, whole)));
  return cuts ? { low, high } : undefined;
}
