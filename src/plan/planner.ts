// Graph -> Plan: places values, lets every operator lower itself to steps, and arranges the arena.

import { QuadlaneError } from '../errors.js';
import { locate } from '../graph/builder.js';
import { operatorOf } from '../graph/dialect.js';
import type { Node, TypedGraph } from '../graph/graph.js';
import { receptiveFields } from '../graph/receptiveField.js';
import { isOther } from '../graph/widening.js';
import { FAULT_BYTES } from '../layouts.generated.js';
import { indicesOf } from '../ops/lowering/indices.js';
import { copy } from '../ops/lowering/strided.js';
import { bytesOf, denseView, isDense, spatial } from '../ops/lowering/views.js';
import type { Lowering, View } from '../ops/operator.js';
import type { Pointer } from '../ops/pointer.js';
import { product } from '../shape.js';
import { bytesPerElement, type Tensor, type TensorType } from '../tensor.js';
import { arrange, Slot } from './arena.js';
import { haloedView, type Placement, paddedBytes, placeValues } from './placement.js';
import type { IndexRecords, Plan, PlannedNode, Step, Table } from './plan.js';
import type { WeightStore } from './weights.js';

/** What a plan may do; see `Lowering`. */
export interface PlanOptions {
  readonly threads?: number;
  readonly winograd?: boolean;
  /** What runtime/features.ts says of the engine. */
  readonly tileRows?: 4 | 6;
  /** What the core's probe says. */
  readonly byteDots?: number;
  /** Nodes that keep their weights small, by their first output. */
  readonly compact?: ReadonlySet<string>;
  /**
   * Inputs and outputs that lie elsewhere than in the arena, by name: variables. An output may lie where an input does;
   * then no node behind the one that computes it may read that input.
   */
  readonly variables?: ReadonlyMap<string, View>;
}

/**
 * Plans `graph`; constants go to `weights`, which plans of one model share.
 * @param options default: one thread, Winograd where it is faster
 */
export function makePlan(
  graph: TypedGraph,
  weights: WeightStore,
  { threads = 1, winograd = true, tileRows = 4, byteDots = 0, compact = new Set(), variables }: PlanOptions = {},
): Plan {
  const placement = placeValues(graph, variables);
  const program = new Program(placement.slots);
  const fields = receptiveFields(graph);
  const end = graph.nodes.length;
  keepAlive(graph, placement, end);
  const counters = placeCounters(graph, program, end);
  const nodes = graph.nodes.map((node, index): PlannedNode => {
    program.node = index;
    for (const [slot, view] of placement.haloed) if (slot.first === index) clearHalo(program, view);
    const types = node.inputs.map((name) => graph.types.get(name));
    const outputs = node.outputs.filter((name) => name !== '').map((name) => graph.types.get(name)!);
    locate(node, types, () => {
      requireFloat32(graph, node, types);
      lower(node, {
        graph,
        placement,
        weights,
        program,
        counters,
        threads,
        tileRows,
        byteDots,
        winograd: winograd && !compact.has(node.outputs[0]),
      });
    });
    return {
      name: node.name,
      op: node.op,
      label: label(graph, node),
      inputs: types.map((type) => type?.shape),
      outputs: outputs.map((type) => type.shape),
      parameters: node.inputs.reduce((sum, value) => sum + (graph.constants.get(value)?.size ?? 0), 0),
      cost: operatorOf(graph, node).cost?.(types, outputs, node.attributes) ?? 0,
      bytes: outputs.reduce((sum, type) => sum + bytesOf(type), 0),
      receptiveField: fields.get(node.outputs[0]),
    };
  });
  const read = new Set(graph.nodes.flatMap((node) => node.inputs).concat(graph.outputs));
  return {
    nodes,
    steps: program.steps,
    tables: program.tables,
    slots: program.slots,
    indexRecords: program.indexRecords,
    arenaBytes: arrange(program.slots),
    inputs: graph.inputs.map(({ name }) =>
      read.has(name) && !graph.constants.has(name) ? placement.views.get(name) : undefined,
    ),
    outputs: graph.outputs.map((name) => {
      const rows = counters.get(graph.counts?.get(name) ?? '');
      const view = placement.views.get(name)!;
      return graph.constants.get(name) ?? (rows ? { ...view, rows } : view);
    }),
  };
}

/** Most entries of a table that is looked for among the others. */
const LONGEST_COMPARED = 4096;

/** Steps as they are emitted, and the memory they need. */
class Program {
  readonly steps: Step[] = [];
  readonly tables: Table[] = [];
  readonly slots: Slot[];
  readonly indexRecords: IndexRecords[] = [];
  /** The node whose steps are being emitted. */
  node = 0;
  private readonly known = new Map<string, Table>();

  constructor(slots: readonly Slot[]) {
    this.slots = [...slots];
  }

  readonly step: Lowering['step'] = (kernel, args) => {
    this.steps.push({ kernel, args: args as unknown as Step['args'], node: this.node });
  };

  readonly table = (values: ArrayLike<number>): Pointer => {
    const key = values.length > LONGEST_COMPARED ? undefined : Array.prototype.join.call(values);
    let table = key === undefined ? undefined : this.known.get(key);
    if (!table) {
      table = { base: 0, values };
      this.tables.push(table);
      if (key !== undefined) this.known.set(key, table);
    }
    return { region: table, offset: 0 };
  };

  temporary(bytes: number): Slot {
    const slot = new Slot(bytes);
    slot.use(this.node);
    this.slots.push(slot);
    return slot;
  }

  /** Memory that nothing else uses. */
  lasting(bytes: number, end: number): Slot {
    const slot = this.temporary(bytes);
    slot.use(-1);
    slot.use(end);
    return slot;
  }
}

/** Throws where kernels for float32 would read the bits of another type, and others those of a float they don't know. */
function requireFloat32(graph: TypedGraph, node: Node, types: readonly (TensorType | undefined)[]): void {
  const { float32, reshapes, takesBits } = operatorOf(graph, node);
  const other = types.find(
    (type) => type && type.dtype !== 'float32' && (float32 || (isOther(type.dtype) && !reshapes && !takesBits)),
  );
  if (!other) return;
  throw new QuadlaneError(
    'UNSUPPORTED',
    `${label(graph, node)} runs on float32, not ${other.dtype}: cast its inputs to float32`,
  );
}

/** The operator's own name for element-wise ones, and what is fused into it. */
function label(graph: TypedGraph, node: Node): string {
  const { activation, operation, reduction } = node.attributes;
  const { residualInput } = operatorOf(graph, node);
  const parts = [node.op === 'activation' ? activation : (operation ?? reduction ?? node.op)];
  if (residualInput !== undefined && node.inputs[residualInput]) parts.push('residual');
  if (node.op !== 'activation' && activation && activation !== 'none') parts.push(activation);
  return parts.join(' + ');
}

/** Stretches each slot's life over the nodes that write or read it; inputs and outputs stay throughout. */
function keepAlive(graph: TypedGraph, placement: Placement, end: number): void {
  const use = (name: string, node: number) => {
    const pointer = placement.views.get(name)?.pointer;
    if (pointer && pointer.region instanceof Slot) pointer.region.use(node);
  };
  graph.nodes.forEach((node, index) => {
    for (const name of [...node.inputs, ...node.outputs]) use(name, index);
  });
  for (const { name } of graph.inputs) {
    use(name, -1);
    use(name, end);
  }
  for (const name of graph.outputs) use(name, end);
}

/** Where the rows of values that need it are counted, by the value whose producer counts; kept until the run's end. */
function placeCounters(graph: TypedGraph, program: Program, end: number): ReadonlyMap<string, Pointer> {
  const counters = new Map<string, Pointer>();
  graph.nodes.forEach((node, index) => {
    if (!operatorOf(graph, node).countsRows) return;
    const slot = new Slot(4);
    slot.use(index);
    slot.use(end);
    program.slots.push(slot);
    counters.set(node.outputs[0], { region: slot, offset: 0 });
  });
  return counters;
}

function clearHalo(program: Program, view: View): void {
  const { images, planes, rows, columns, channels, image, plane, row, column } = spatial(view);
  const rank = view.shape.length - 2;
  const side = (axisFromEnd: number, after: boolean) => view.halo[rank - axisFromEnd + (after ? rank : 0)] ?? 0;
  program.step('clear_halo', {
    interior: view.pointer,
    images,
    planes,
    rows,
    rowBytes: columns * channels * bytesPerElement(view.dtype),
    imageStride: image,
    planeStride: plane,
    rowStride: row,
    front: rank > 2 ? side(3, false) : 0,
    back: rank > 2 ? side(3, true) : 0,
    top: rank > 1 ? side(2, false) : 0,
    bottom: rank > 1 ? side(2, true) : 0,
    left: side(1, false) * column,
    right: side(1, true) * column,
  });
}

/** What the lowering of a node takes from its plan. */
interface Planning extends Pick<Lowering, 'threads' | 'winograd' | 'tileRows' | 'byteDots'> {
  readonly graph: TypedGraph;
  readonly placement: Placement;
  readonly weights: WeightStore;
  readonly program: Program;
  readonly counters: ReadonlyMap<string, Pointer>;
}

function lower(
  node: Node,
  { graph, placement, weights, program, counters, threads, winograd, tileRows, byteDots }: Planning,
): void {
  const constant = (index: number): Tensor | undefined => graph.constants.get(node.inputs[index] ?? '');
  const input = (index: number): View => {
    const known = constant(index);
    return known ? weights.dense(known) : placement.views.get(node.inputs[index])!;
  };
  const dense = (index: number): View => {
    const view = input(index);
    if (isDense(view)) return view;
    const target = denseView({ region: program.temporary(bytesOf(view)), offset: 0 }, view);
    copy(program.step, program.table, view.shape, view, target);
    return target;
  };
  const output = (index = 0): View => placement.views.get(node.outputs[index])!;
  const afterwards: (() => void)[] = [];
  const lowering: Lowering = {
    input,
    constant,
    dense,
    output,
    type: (index) => graph.types.get(node.inputs[index])!,
    copy: (extents, from, to) => copy(program.step, program.table, extents, from, to),
    has: (index) => (node.inputs[index] ?? '') !== '',
    hasOutput: (index) => (node.outputs[index] ?? '') !== '',
    threads,
    winograd,
    tileRows,
    byteDots,
    haloed(index, halo) {
      const view = input(index);
      if (halo.every((zeros, side) => zeros <= (view.halo[side] ?? 0))) return view;
      const target = haloedView(program.temporary(paddedBytes(view, halo)), view, halo);
      clearHalo(program, target);
      copy(program.step, program.table, view.shape, view, target);
      return target;
    },
    denseOutput(index = 0) {
      const view = output(index);
      if (isDense(view)) return view;
      const source = denseView({ region: program.temporary(bytesOf(view)), offset: 0 }, view);
      afterwards.push(() => copy(program.step, program.table, view.shape, source, view));
      return source;
    },
    indices(index, shape, axes) {
      const { pointer, dtype, shape: own } = dense(index);
      const given = { indices: pointer, indexBytes: bytesPerElement(dtype) };
      const known = constant(index);
      if (known) {
        indicesOf(known, shape, axes);
        return { ...given, faults: 0, indexRows: 0, rowIndices: 0 };
      }
      const faults: Pointer = { region: program.lasting(FAULT_BYTES * threads, graph.nodes.length), offset: 0 };
      program.indexRecords.push({ pointer: faults, threads, node: program.node, shape, axes });
      const indexRows = counters.get(graph.counts?.get(node.inputs[index]) ?? '') ?? 0;
      return { ...given, faults, indexRows, rowIndices: product(own.slice(1)) };
    },
    rows: () => counters.get(node.outputs[0])!,
    temporary: (bytes) => ({ region: program.temporary(bytes), offset: 0 }),
    scratch: (bytes) => ({ region: program.temporary(bytes * threads), offset: 0 }),
    table: program.table,
    packed(indices, form, bytes, pack) {
      const present = indices.filter((index) => lowering.has(index));
      if (present.every((index) => constant(index))) {
        return weights.packed(indices.map(constant), form, bytes, pack);
      }
      const target: Pointer = { region: program.temporary(bytes), offset: 0 };
      pack(target, present.map(dense), program.step, program.table);
      return target;
    },
    step: program.step,
  };
  const operator = operatorOf(graph, node);
  const inPlace = operator.reshapes && samePlace(input(0), output());
  if (!inPlace) operator.lower!(lowering, node.attributes);
  for (const step of afterwards) step();
}

function samePlace(a: View, b: View): boolean {
  return (
    a.pointer !== 0 && b.pointer !== 0 && a.pointer.region === b.pointer.region && a.pointer.offset === b.pointer.offset
  );
}
