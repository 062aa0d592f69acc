// How much of the input each value sees: the usual recurrence over the kernels, strides and dilations of the operators
// between them. Padding doesn't count, nor do gates (a global pool's [1, 1, C] multiplied into a map).

import { sameShape } from '../shape.js';
import { operatorOf } from './dialect.js';
import type { Node, TypedGraph } from './graph.js';

interface Field {
  /** Input elements seen, on each spatial axis. */
  readonly extents: readonly number[];
  /** Input elements between the fields of neighbours, on each spatial axis. */
  readonly jumps: readonly number[];
}

/**
 * For each value that is a map, the pixels of the input that one of its elements sees, on each spatial axis. What isn't
 * spatial (global pools, fully connected layers, all behind them) has no entry.
 */
export function receptiveFields(graph: TypedGraph): Map<string, readonly number[]> {
  const fields = new Map<string, Field>();
  for (const { name } of graph.inputs) {
    const axes = Math.max(0, graph.types.get(name)!.shape.length - 2);
    const ones = new Array<number>(axes).fill(1);
    if (axes > 0) fields.set(name, { extents: ones, jumps: ones });
  }
  for (const node of graph.nodes) {
    const field = fieldOf(node, graph, fields);
    if (field) for (const output of node.outputs) fields.set(output, field);
  }
  return new Map([...fields].map(([name, { extents }]) => [name, extents]));
}

function fieldOf(node: Node, graph: TypedGraph, fields: ReadonlyMap<string, Field>): Field | undefined {
  const { windows } = operatorOf(graph, node);
  const types = node.inputs.map((name) => graph.types.get(name));
  const output = graph.types.get(node.outputs[0])?.shape ?? [];
  if (windows) {
    const field = fields.get(node.inputs[0]);
    if (!field) return undefined;
    const { kernelShape, strides, dilations } = windows(types, node.attributes);
    const seen: Field = {
      extents: field.extents.map(
        (extent, axis) => extent + (kernelShape[axis] - 1) * dilations[axis] * field.jumps[axis],
      ),
      jumps: field.jumps.map((jump, axis) => jump * strides[axis]),
    };
    return node.inputs.slice(1).reduce<Field>((sum, name) => larger(sum, fields.get(name)), seen);
  }
  if (node.op === 'transpose') {
    const permutation = node.attributes.permutation as readonly number[] | undefined;
    return movesChannelsOnly(permutation ?? []) ? fields.get(node.inputs[0]) : undefined;
  }
  // A change of layout that only moved axes of one element.
  if (node.op === 'reshape' && sameShape(longAxes(types[0]?.shape ?? []), longAxes(output))) {
    const field = fields.get(node.inputs[0]);
    return field?.extents.length === output.length - 2 ? field : undefined;
  }
  const passing = node.inputs.filter((_, index) => node.op === 'pad' || sameMap(types[index]?.shape ?? [], output));
  return passing.reduce<Field | undefined>(
    (sum, name) => (sum ? larger(sum, fields.get(name)) : fields.get(name)),
    undefined,
  );
}

function longAxes(shape: readonly number[]): number[] {
  return shape.filter((extent) => extent !== 1);
}

/** Whether both are channels-last maps of the same extents. */
function sameMap(a: readonly number[], b: readonly number[]): boolean {
  return b.length > 2 && sameShape(a.slice(1, -1), b.slice(1, -1));
}

/** [N, C, ...spatial] to [N, ...spatial, C] or back. */
function movesChannelsOnly(permutation: readonly number[]): boolean {
  const axes = [...permutation.keys()];
  const last = [0, ...axes.slice(2), 1];
  const first = [0, axes.length - 1, ...axes.slice(1, -1)];
  return permutation.length > 2 && (sameShape(permutation, last) || sameShape(permutation, first));
}

function larger(a: Field, b: Field | undefined): Field {
  if (!b || b.extents.length !== a.extents.length) return a;
  return {
    extents: a.extents.map((extent, axis) => Math.max(extent, b.extents[axis])),
    jumps: a.jumps.map((jump, axis) => Math.max(jump, b.jumps[axis])),
  };
}
