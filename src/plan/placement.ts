// Where each value of a graph lies: its slot, the zeros around it, and which values share a slot because one is
// another in a different shape or a slice of it.

import type { TypedGraph } from '../graph/draft.js';
import { operatorOf } from '../graph/draft.js';
import type { Node } from '../graph/graph.js';
import type { Border, View } from '../ops/operator.js';
import { bytesOf, denseView, isDense } from '../ops/views.js';
import { stridesOf } from '../shape.js';
import { bytesPerElement, type TensorType } from '../tensor.js';
import { Slot } from './arena.js';

export interface Placement {
  /** Views of all values that are computed or given, by name. */
  readonly views: ReadonlyMap<string, View>;
  readonly slots: readonly Slot[];
  /** For slots that have one: the value whose border must be cleared before the slot is written. */
  readonly bordered: ReadonlyMap<Slot, View>;
}

/**
 * Places every value of `graph`, deciding from the last node to the first so that readers choose.
 * @param given values that have a place already
 */
export function placeValues(graph: TypedGraph, given?: ReadonlyMap<string, View>): Placement {
  const views = new Map(given);
  const slots: Slot[] = [];
  const bordered = new Map<Slot, View>();
  const wanted = wantedBorders(graph);
  const outputs = new Set(graph.outputs);
  const inputs = new Set(graph.inputs.map((input) => input.name));
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));

  const own = (name: string): View => {
    const type = graph.types.get(name)!;
    const border = outputs.has(name) || inputs.has(name) ? undefined : wanted.get(name);
    const slot = new Slot(0);
    const view = border ? borderedView(slot, type, border) : denseView({ region: slot, offset: 0 }, type);
    slot.bytes = border ? paddedBytes(type, border) : bytesOf(type);
    slots.push(slot);
    if (border) bordered.set(slot, view);
    views.set(name, view);
    return view;
  };
  /** Whether `name` may lie where a reader wants it. */
  const free = (name: string) =>
    !views.has(name) && !outputs.has(name) && !graph.constants.has(name) && writers.has(name);

  for (const name of inputs) if (!views.has(name)) own(name);
  for (const node of [...graph.nodes].reverse()) {
    const [output] = node.outputs;
    if (operatorOf(node).reshapes) {
      const given = views.get(node.inputs[0]);
      if (given && inputs.has(node.inputs[0]) && free(output) && !wanted.has(output)) {
        views.set(output, denseView(given.pointer, graph.types.get(output)!));
        continue;
      }
      const target = views.get(output) ?? own(output);
      if (free(node.inputs[0]) && !wanted.has(node.inputs[0]) && isDense(target)) {
        views.set(node.inputs[0], denseView(target.pointer, graph.types.get(node.inputs[0])!));
      }
      continue;
    }
    for (const name of node.outputs) if (name !== '' && !views.has(name)) own(name);
    if (node.op === 'concat')
      placeParts(node, graph, views, wanted, (name) => free(name) && !reshaped(writers.get(name)));
  }
  return { views, slots, bordered };
}

function reshaped(node: Node | undefined): boolean {
  return node !== undefined && operatorOf(node).reshapes === true;
}

/** Lets the producers of a concatenation along the channels write straight into it. */
function placeParts(
  node: Node,
  graph: TypedGraph,
  views: Map<string, View>,
  wanted: ReadonlyMap<string, Border>,
  free: (name: string) => boolean,
): void {
  const whole = views.get(node.outputs[0])!;
  const last = whole.shape.length - 1;
  if (node.attributes.axis !== last || whole.pointer === 0) return;
  let channel = 0;
  for (const name of node.inputs) {
    const type = graph.types.get(name)!;
    const border = wanted.get(name);
    const fits = !border || border.every((zeros, side) => zeros <= (whole.border[side] ?? 0));
    if (free(name) && fits && node.inputs.indexOf(name) === node.inputs.lastIndexOf(name)) {
      const offset = whole.pointer.offset + channel * whole.strides[last];
      views.set(name, { ...whole, shape: type.shape, pointer: { region: whole.pointer.region, offset } });
    }
    channel += type.shape[last];
  }
}

/** The zeros that the readers of each value would like around it; a concatenation wants for its parts. */
function wantedBorders(graph: TypedGraph): Map<string, Border> {
  const wanted = new Map<string, Border>();
  const want = (name: string, border: Border | undefined) => {
    const shape = graph.types.get(name)?.shape;
    if (!border?.some((zeros) => zeros > 0) || !shape || shape.length < 3) return;
    const before = wanted.get(name);
    wanted.set(name, before ? before.map((zeros, side) => Math.max(zeros, border[side])) : border);
  };
  for (const node of graph.nodes) {
    const types = node.inputs.map((name) => graph.types.get(name));
    want(node.inputs[0], operatorOf(node).border?.(types, node.attributes));
  }
  for (const node of graph.nodes) {
    if (node.op !== 'concat' || node.attributes.axis !== graph.types.get(node.outputs[0])!.shape.length - 1) continue;
    for (const name of node.inputs) want(node.outputs[0], wanted.get(name));
  }
  return wanted;
}

/** Extents of `type` with its border: `[N, before + rows + after, ..., C]`. */
function paddedShape(type: TensorType, border: Border): number[] {
  const spatial = type.shape.length - 2;
  return type.shape.map((extent, axis) =>
    axis === 0 || axis > spatial ? extent : extent + border[axis - 1] + border[axis - 1 + spatial],
  );
}

export function paddedBytes(type: TensorType, border: Border): number {
  return bytesOf({ dtype: type.dtype, shape: paddedShape(type, border) });
}

/** A view of `type` in a slot that has `border` around it. */
export function borderedView(region: Slot, type: TensorType, border: Border): View {
  const strides = stridesOf(paddedShape(type, border), bytesPerElement(type.dtype));
  const spatial = type.shape.length - 2;
  let offset = 0;
  for (let axis = 0; axis < spatial; axis++) offset += border[axis] * strides[axis + 1];
  return { ...type, pointer: { region, offset }, strides, border };
}
