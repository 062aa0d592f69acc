// Where each value of a graph lies: its slot, the zeros around it, and which values share a slot because one is
// another in a different shape or a slice of it.

import { operatorOf } from '../graph/dialect.js';
import type { Node, TypedGraph } from '../graph/graph.js';
import { reshapedView } from '../ops/lowering/strided.js';
import { bytesOf, denseView } from '../ops/lowering/views.js';
import type { Halo, View } from '../ops/operator.js';
import { stridesOf } from '../shape.js';
import { bytesPerElement, type TensorType } from '../tensor.js';
import { Slot } from './arena.js';

export interface Placement {
  /** Views of all values that are computed or given, by name. */
  readonly views: ReadonlyMap<string, View>;
  readonly slots: readonly Slot[];
  /** For slots that have one: the value whose halo must be cleared before the slot is written. */
  readonly haloed: ReadonlyMap<Slot, View>;
}

/**
 * Places every value of `graph`, deciding from the last node to the first so that readers choose.
 * @param given values that have a place already
 */
export function placeValues(graph: TypedGraph, given?: ReadonlyMap<string, View>): Placement {
  const views = new Map(given);
  const slots: Slot[] = [];
  const haloed = new Map<Slot, View>();
  const wanted = wantedHalos(graph);
  const outputs = new Set(graph.outputs);
  const inputs = new Set(graph.inputs.map((input) => input.name));
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));

  const own = (name: string): View => {
    const type = graph.types.get(name)!;
    const halo = outputs.has(name) || inputs.has(name) ? undefined : wanted.get(name);
    const slot = new Slot(0);
    const view = halo ? haloedView(slot, type, halo) : denseView({ region: slot, offset: 0 }, type);
    slot.bytes = halo ? paddedBytes(type, halo) : bytesOf(type);
    slots.push(slot);
    if (halo) haloed.set(slot, view);
    views.set(name, view);
    return view;
  };
  /** Whether `name` may lie where a reader wants it. */
  const free = (name: string) =>
    !views.has(name) && !outputs.has(name) && !graph.constants.has(name) && writers.has(name);
  /** Whether the readers of `name` find the zeros that they want around `view`. */
  const fits = (name: string, view: View) =>
    (wanted.get(name) ?? []).every((zeros, side) => zeros <= (view.halo[side] ?? 0));
  const partial = new Set<Node>();

  for (const name of inputs) if (!views.has(name)) own(name);
  for (const node of [...graph.nodes].reverse()) {
    const operator = operatorOf(graph, node);
    const [input] = node.inputs;
    const [output] = node.outputs;
    if (operator.reshapes) {
      const given = views.get(input);
      if (given && inputs.has(input) && free(output) && !wanted.has(output)) {
        views.set(output, denseView(given.pointer, graph.types.get(output)!));
        continue;
      }
      const target = views.get(output) ?? own(output);
      const view = reshapedView(target, graph.types.get(input)!);
      if (view && isForward(view) && free(input) && !wanted.has(input)) views.set(input, view);
      continue;
    }
    const parts = graph.constants.has(input) ? undefined : partsWithin(node, graph, wanted.get(input));
    node.outputs.forEach((name, index) => {
      if (name === '' || views.has(name)) return;
      const part = parts?.[index];
      if (part && !outputs.has(name) && fits(name, part) && isForward(part)) partial.add(node);
      else own(name);
    });
    const whole = views.get(output);
    if (!whole) continue;
    const places = operator.inside?.(whole, typesOf(node, graph), node.attributes) ?? [];
    places.forEach((view, index) => {
      const name = node.inputs[index];
      const once = node.inputs.indexOf(name) === node.inputs.lastIndexOf(name);
      if (view && once && free(name) && fits(name, view) && !operatorOf(graph, writers.get(name)!).reshapes)
        views.set(name, view);
    });
  }
  for (const node of [...partial].reverse()) {
    const parts = operatorOf(graph, node).parts!(views.get(node.inputs[0])!, node.attributes);
    node.outputs.forEach((name, index) => {
      if (!views.has(name)) views.set(name, parts[index]);
    });
  }
  return { views, slots, haloed };
}

/** Whether kernels can walk `view`: onward on all axes, channels next to each other. */
function isForward({ dtype, shape, strides }: View): boolean {
  const areNext = strides.at(-1) === bytesPerElement(dtype) || shape.at(-1) === 1;
  return strides.every((stride) => stride > 0) && areNext;
}

function typesOf(node: Node, graph: TypedGraph) {
  return node.inputs.map((name) => graph.types.get(name));
}

/** The outputs of `node` as parts of its input with this halo, of which only the place in memory is not known yet. */
function partsWithin(node: Node, graph: TypedGraph, halo: Halo = []): readonly View[] | undefined {
  return operatorOf(graph, node).parts?.({ ...denseView(0, graph.types.get(node.inputs[0])!), halo }, node.attributes);
}

/** The zeros that the readers of each value would like around it; what values lie in wants the same. */
function wantedHalos(graph: TypedGraph): Map<string, Halo> {
  const wanted = new Map<string, Halo>();
  const want = (name: string, halo: Halo | undefined) => {
    const shape = graph.types.get(name)?.shape;
    if (!halo?.some((zeros) => zeros > 0) || !shape || shape.length < 3) return;
    const before = wanted.get(name);
    wanted.set(name, before ? before.map((zeros, side) => Math.max(zeros, halo[side])) : halo);
  };
  for (const node of graph.nodes)
    want(node.inputs[0], operatorOf(graph, node).halo?.(typesOf(node, graph), node.attributes));
  for (const node of [...graph.nodes].reverse()) {
    node.outputs.forEach((name, index) => {
      const halo = wanted.get(name);
      if (halo) want(node.inputs[0], partsWithin(node, graph, halo)?.[index].halo);
    });
  }
  for (const node of graph.nodes) {
    node.inputs.forEach((name, index) => {
      const [halo, whole] = [wanted.get(name), graph.types.get(node.outputs[0])!];
      if (!halo) return;
      const view = { ...denseView(0, whole), halo };
      want(
        node.outputs[0],
        operatorOf(graph, node).inside?.(view, typesOf(node, graph), node.attributes)?.[index]?.halo,
      );
    });
  }
  return wanted;
}

/** Extents of `type` with its halo: `[N, before + rows + after, ..., C]`. */
function paddedShape(type: TensorType, halo: Halo): number[] {
  const spatial = type.shape.length - 2;
  return type.shape.map((extent, axis) =>
    axis === 0 || axis > spatial ? extent : extent + halo[axis - 1] + halo[axis - 1 + spatial],
  );
}

export function paddedBytes(type: TensorType, halo: Halo): number {
  return bytesOf({ dtype: type.dtype, shape: paddedShape(type, halo) });
}

/** A view of `type` in a slot that has `halo` around it. */
export function haloedView(region: Slot, type: TensorType, halo: Halo): View {
  const strides = stridesOf(paddedShape(type, halo), bytesPerElement(type.dtype));
  const spatial = type.shape.length - 2;
  let offset = 0;
  for (let axis = 0; axis < spatial; axis++) offset += halo[axis] * strides[axis + 1];
  return { ...type, pointer: { region, offset }, strides, halo };
}
