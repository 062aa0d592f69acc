// Folds a constant pad of zeros into the padding of the convolution that reads it.

import { permuteShape, windowsOf } from '../../shape.js';
import { Draft, type TypedGraph } from '../draft.js';
import type { Node } from '../graph.js';

export function foldPadding(graph: TypedGraph): TypedGraph {
  const draft = new Draft(graph);
  for (const node of graph.nodes) draft.push(padded(draft, node) ?? node);
  return draft.finish();
}

/** The convolution on what the pad before it pads; undefined where there is none that fits. */
function padded(draft: Draft, node: Node): Node | undefined {
  if (node.op !== 'conv' || node.attributes.autoPad) return undefined;
  const { pad, permutation } = padBefore(draft, node.inputs[0]);
  if (!pad || (pad.attributes.mode ?? 'constant') !== 'constant' || (pad.attributes.value ?? 0) !== 0) return undefined;
  const amounts = pad.attributes.padding as readonly number[];
  const rank = amounts.length / 2;
  const order = permutation ?? [...amounts.keys()].slice(0, rank);
  const [before, after] = [amounts.slice(0, rank), amounts.slice(rank)].map((side) => permuteShape(side, order));
  const onlySpatial = [before[0], after[0], before[rank - 1], after[rank - 1]].every((amount) => amount === 0);
  if (!onlySpatial || amounts.some((amount) => amount < 0)) return undefined;
  const { strides, padding, dilations } = node.attributes as Record<string, readonly number[] | undefined>;
  const windows = windowsOf(draft.typeOf(draft.resolve(node.inputs[1])).shape.slice(2), strides, padding, dilations);
  const extra = [...before.slice(1, -1), ...after.slice(1, -1)];
  const [source] = pad.inputs;
  const input = permutation ? draft.apply('transpose', [source], { permutation }, `${node.name}/transpose`) : source;
  return {
    ...node,
    inputs: [input, ...node.inputs.slice(1)],
    attributes: { ...node.attributes, padding: windows.padding.map((amount, side) => amount + extra[side]) },
  };
}

/** The pad that `name` comes from, perhaps with a change of layout in between. */
function padBefore(draft: Draft, name: string): { pad?: Node; permutation?: readonly number[] } {
  const producer = draft.producer(draft.resolve(name));
  if (producer?.op === 'pad') return { pad: producer };
  if (producer?.op !== 'transpose') return {};
  const pad = draft.producer(producer.inputs[0]);
  return pad?.op === 'pad' ? { pad, permutation: producer.attributes.permutation as readonly number[] } : {};
}
