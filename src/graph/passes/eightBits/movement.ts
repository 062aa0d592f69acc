// What only moves or selects elements does so with integers: dequantize comes behind it, where it meets the next quantize.

import type { Operator } from '../../../ops/operator.js';
import { product } from '../../../shape.js';
import type { GraphBuilder } from '../../builder.js';
import { operatorOf } from '../../dialect.js';
import type { Node } from '../../graph.js';
import { type Affine, floatOf, integersOf, isSame, type Quantized, wholeOf, wholes, zeroOf } from './affine.js';
import { requantized } from './tables.js';

/** Whether elements of input `index` come out as they are, the greatest of each window among them. */
function selects({ takesBits, reshapes, reorders, windowResult }: Operator, node: Node, index: number): boolean {
  if (takesBits) return takesBits(index, node.attributes);
  return index === 0 && (reshapes || reorders || windowResult === 'maximum') === true;
}

/** `node` on integers, and its results as floats behind it; false where its inputs aren't all integers of one scale. */
export function moveIntegers(builder: GraphBuilder, given: Node): boolean {
  const node = selecting(builder, given);
  const operator = operatorOf(builder, node);
  const places = [...node.inputs.keys()].filter((index) => node.inputs[index] && selects(operator, node, index));
  const integers = places.map((index) => integersOf(builder, node.inputs[index]));
  const [first] = integers;
  if (!first || !integers.every((one) => one && isSame(one, first))) return false;
  const moved = onIntegers(builder, node, first, integers as Quantized[], places);
  if (!moved) return false;
  const outputs = node.outputs.map((name) => (name ? builder.fresh(`${name}/integers`) : ''));
  builder.push({ ...moved, outputs });
  const behind = [first.scale, zeroOf(builder, first, node.name)];
  for (const [index, name] of node.outputs.entries()) {
    if (!name) continue;
    const inputs = [outputs[index], ...behind];
    builder.push({ name: `${node.name}/dequantize`, op: 'dequantize', inputs, outputs: [name], attributes: {} });
  }
  return true;
}

/** Several inputs of their own scales, or constants, in one result: each is brought to its scale before. */
export function gatherIntegers(builder: GraphBuilder, node: Node, source: Node, result: Affine): boolean {
  const operator = operatorOf(builder, source);
  const places = [...source.inputs.keys()].filter((index) => selects(operator, source, index));
  if (places.length < 2) return false;
  const found = places.map((index) => {
    const name = builder.resolve(source.inputs[index]);
    const constant = builder.constants.get(name);
    if (constant?.dtype === 'float32') return { constant };
    const integers = integersOf(builder, name);
    return integers && { integers };
  });
  if (!found.every((one) => one) || !found.some((one) => one!.integers)) return false;
  const values = found.map((one): Quantized => {
    const { constant, integers } = one!;
    const value = integers
      ? requantized(builder, integers, result, node.name)
      : builder.constant(wholes(constant!.data as Float32Array, constant!.shape, result), `${node.name}/constant`);
    return { ...result, value };
  });
  const moved = onIntegers(builder, source, result, values, places);
  if (!moved) return false;
  builder.push({ ...moved, outputs: node.outputs, name: node.name });
  return true;
}

/** A maximum over all space is one over a window as large. */
function selecting(builder: GraphBuilder, node: Node): Node {
  if (node.op !== 'globalMaxPool') return node;
  const { shape } = builder.typeOf(builder.resolve(node.inputs[0]));
  const kernelShape = shape.slice(1, -1);
  return product(kernelShape) > 0 ? { ...node, op: 'maxPool', attributes: { kernelShape } } : node;
}

/** `node` with integers at `places`; undefined where it has no kernel for them, or puts in what they don't stand for. */
function onIntegers(
  builder: GraphBuilder,
  node: Node,
  affine: Affine,
  integers: readonly Quantized[],
  places: readonly number[],
): Node | undefined {
  const { value } = node.attributes;
  const isPad = node.op === 'pad' && ((node.attributes.mode as string | undefined) ?? 'constant') === 'constant';
  const filled = wholeOf(Number(value ?? 0), affine);
  if (isPad && floatOf(filled, affine) !== Number(value ?? 0)) return undefined;
  const inputs = node.inputs.map((name, index) => integers[places.indexOf(index)]?.value ?? name);
  const moved = { ...node, inputs, ...(isPad && { attributes: { ...node.attributes, value: filled } }) };
  if (node.op === 'maxPool' && node.outputs[1]) return undefined;
  const types = inputs.map((name) => builder.types.get(builder.resolve(name)));
  const made = operatorOf(builder, node).infer(types, moved.attributes);
  const keepsType = node.outputs.every((name, index) => name === '' || made[index].dtype === affine.dtype);
  return keepsType ? moved : undefined;
}
