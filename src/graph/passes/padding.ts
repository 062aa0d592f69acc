// Folds a constant pad of zeros into the padding of the convolution or pool that reads it. Where that would not be
// exact, the pad stays; what it pads is then computed inside of it.

import { transpose } from '../../ops/layout/transpose.js';
import { activationArguments } from '../../ops/lowering/epilogue.js';
import type { Attributes } from '../../ops/operator.js';
import { permuteShape, sameShape, type Windows } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { GraphBuilder, inferNode } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, Pass, TypedGraph } from '../graph.js';

/** For front ends whose graphs have pads. */
export const padding: Pass = { name: 'padding', apply: foldPadding, writes: { transpose } };

export function foldPadding(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) builder.push(padded(builder, node) ?? node);
  return builder.finish();
}

/** The layer on what the pad before it pads; undefined where there is none that fits. */
function padded(builder: GraphBuilder, node: Node): Node | undefined {
  const { windows: windowsOf, windowResult } = operatorOf(builder, node);
  if (!windowsOf || !windowResult || node.attributes.autoPad) return undefined;
  const { pad, permutation } = padBefore(builder, node.inputs[0]);
  if (!pad || (pad.attributes.mode ?? 'constant') !== 'constant' || (pad.attributes.value ?? 0) !== 0) return undefined;
  const amounts = pad.attributes.padding as readonly number[];
  const rank = amounts.length / 2;
  const order = permutation ?? [...amounts.keys()].slice(0, rank);
  const [before, after] = [amounts.slice(0, rank), amounts.slice(rank)].map((side) => permuteShape(side, order));
  const onlySpatial = [before[0], after[0], before[rank - 1], after[rank - 1]].every((amount) => amount === 0);
  if (!onlySpatial || amounts.some((amount) => amount < 0)) return undefined;

  const [type, ...types] = node.inputs.map((name) => builder.types.get(builder.resolve(name)));
  const own = windowsOf([type, ...types], node.attributes);
  const extra = [...before.slice(1, -1), ...after.slice(1, -1)];
  const windows = { ...own, padding: own.padding.map((amount, side) => amount + extra[side]) };
  const [source] = pad.inputs;
  const inner: TensorType = { dtype: type!.dtype, shape: permuteShape(builder.typeOf(source).shape, order) };
  const [result] = inferNode(builder, node, [type, ...types]);
  const isPadded = own.padding.some((amount) => amount !== 0);
  if (windowResult === 'maximum') {
    const reads = hasInput(inner.shape.slice(1, -1), windows, result.shape.slice(1, -1));
    if (isPadded || !reads || node.outputs[1] || !isNonNegative(builder, source)) return undefined;
  }
  const attributes: Attributes = { ...node.attributes, padding: windows.padding };
  const counts = windowResult === 'mean' ? { includePadding: true } : {};
  // A mean counts the cells that were padded, but those of the pool's own padding only where it says so.
  if (counts.includePadding && isPadded && !attributes.includePadding) return undefined;
  const folded: Node = { ...node, attributes: { ...attributes, ...counts } };
  if (!sameShape(inferNode(builder, folded, [inner, ...types])[0].shape, result.shape)) return undefined;
  const input = permutation ? builder.apply('transpose', [source], { permutation }, `${node.name}/transpose`) : source;
  return { ...folded, inputs: [input, ...node.inputs.slice(1)] };
}

/** Whether each window has an element of the input: the padding of a max pool, minus infinity, is never all there is. */
function hasInput(extents: readonly number[], windows: Windows, counts: readonly number[]): boolean {
  const { kernelShape, strides, dilations, padding } = windows;
  return extents.every(
    (extent, axis) =>
      dilations[axis] === 1 &&
      padding[axis] < kernelShape[axis] &&
      (counts[axis] - 1) * strides[axis] - padding[axis] < extent,
  );
}

/** Whether the values of `name` are known to be 0 or more: a zero among them changes no maximum. */
function isNonNegative(builder: GraphBuilder, name: string): boolean {
  const node = builder.producer(name);
  if (!node) return false;
  const { activation } = node.attributes;
  if (activation === 'clip') return activationArguments(node.attributes).alpha >= 0;
  if (activation) return activation === 'sigmoid';
  return (
    operatorOf(builder, node).keepsNonNegative === true && node.inputs.every((input) => isNonNegative(builder, input))
  );
}

/** The pad that `name` comes from, perhaps with a change of layout in between. */
function padBefore(builder: GraphBuilder, name: string): { pad?: Node; permutation?: readonly number[] } {
  const producer = builder.producer(builder.resolve(name));
  if (producer?.op === 'pad') return { pad: producer };
  if (producer?.op !== 'transpose') return {};
  const pad = builder.producer(producer.inputs[0]);
  return pad?.op === 'pad' ? { pad, permutation: producer.attributes.permutation as readonly number[] } : {};
}
