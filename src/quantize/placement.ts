// Which nodes run in 8 bits, and which values have a scale: one scale for all values whose elements only move.

import { operatorOf } from '../graph/dialect.js';
import type { Node, TypedGraph } from '../graph/graph.js';

/** A node with weights that are quantized. */
export interface Layer {
  readonly node: Node;
  /** Axis of the weights that counts filters or columns. */
  readonly axis: number;
  /** The value that has the layer's scale: the node's own, or that of the ReLU behind it. */
  readonly result: string;
}

export interface Placement {
  /** The nodes that run in 8 bits. */
  readonly nodes: ReadonlySet<Node>;
  /** Layers in order, those that run in 8 bits. */
  readonly layers: readonly Layer[];
  /** Values that have a scale: a name that stands for all values of the same scale. */
  readonly classes: ReadonlyMap<string, string>;
}

/** Layers that can run in 8 bits. */
export function layersOf(graph: TypedGraph): Layer[] {
  const readers = readersOf(graph);
  return graph.nodes.flatMap((node) => {
    const axis = filterAxis(graph, node);
    return axis === undefined ? [] : [{ node, axis, result: bounded(graph, node, readers) ?? node.outputs[0] }];
  });
}

/** The axis that counts filters or columns of constant weights; undefined for what is no such layer. */
function filterAxis({ constants, types }: TypedGraph, { op, inputs, attributes }: Node): number | undefined {
  const weights = constants.get(inputs[1] ?? '');
  if (weights?.dtype !== 'float32' || types.get(inputs[0])?.dtype !== 'float32') return undefined;
  if (inputs[2] && constants.get(inputs[2])?.dtype !== 'float32') return undefined;
  if (op === 'conv' && weights.shape.length > 2) return 0;
  if (op !== 'matmul' || weights.shape.length !== 2 || attributes.transposeA) return undefined;
  return attributes.transposeB ? 0 : 1;
}

type Readers = ReadonlyMap<string, readonly (Node | undefined)[]>;

/** The nodes that read each value; undefined stands for the caller. */
function readersOf({ nodes, outputs }: TypedGraph): Readers {
  const readers = new Map<string, (Node | undefined)[]>();
  const add = (name: string, reader: Node | undefined) => readers.set(name, [...(readers.get(name) ?? []), reader]);
  for (const node of nodes) for (const name of node.inputs) if (name !== '') add(name, node);
  for (const name of outputs) add(name, undefined);
  return readers;
}

/** The result of the ReLU or clip that alone reads what a layer or a sum gives: the range of 8 bits bounds it anyway. */
function bounded({ types }: TypedGraph, node: Node, readers: Readers): string | undefined {
  if (node.op !== 'conv' && node.op !== 'matmul' && node.op !== 'binary') return undefined;
  const [reader, ...others] = readers.get(node.outputs[0]) ?? [];
  const isClip = reader?.op === 'activation' && reader.attributes.activation === 'clip';
  return isClip && others.length === 0 && types.has(reader.outputs[0]) ? reader.outputs[0] : undefined;
}

/** Whether all elements of the result are elements of inputs. */
function moves(graph: TypedGraph, node: Node): boolean {
  const { reshapes, reorders } = operatorOf(graph, node);
  return Boolean(reshapes || reorders) || movers.has(node.op);
}

const movers = new Set(['concat', 'maxPool', 'globalMaxPool', 'slice', 'split']);

const averages = new Set(['averagePool', 'globalAveragePool', 'resize']);

/** Whether a node without weights has an 8-bit form; the tables of single values are for all activations. */
function isEightBit(graph: TypedGraph, node: Node): boolean {
  const { types, constants } = graph;
  if (types.get(node.outputs[0])?.dtype !== 'float32') return false;
  if (moves(graph, node) || averages.has(node.op) || node.op === 'activation') return true;
  const { operation } = node.attributes;
  const isArithmetic = node.op === 'binary' && (operation === 'add' || operation === 'sub' || operation === 'mul');
  return isArithmetic && node.inputs.every((name) => !constants.has(name));
}

/** Inputs of a node that are float data. */
export function dataInputs({ types, constants }: TypedGraph, { inputs }: Node): number[] {
  return [...inputs.keys()].filter((index) => {
    return types.get(inputs[index])?.dtype === 'float32' && !constants.has(inputs[index]);
  });
}

/**
 * All layers but those in float, and what follows them as long as it has an 8-bit form.
 * @param inFloat nodes that stay in float
 * @param layers what `layersOf` gives
 */
export function place(graph: TypedGraph, layers: readonly Layer[], inFloat: (node: Node) => boolean): Placement {
  const readers = readersOf(graph);
  const quantized = new Set(layers.map(({ node }) => node).filter((node) => !inFloat(node)));
  const nodes = new Set<Node>();
  const written = new Set<string>();
  const inside = new Set<string>();
  const classes = new Map<string, string>();
  const classOf = (name: string): string => {
    let current = name;
    for (let next = classes.get(name); next !== undefined && next !== current; next = classes.get(current))
      current = next;
    return current;
  };
  const scaled = (name: string) => {
    if (!classes.has(name) && !inside.has(name)) classes.set(name, name);
  };
  for (const node of graph.nodes) {
    const data = dataInputs(graph, node);
    const follows = !inFloat(node) && isEightBit(graph, node) && data.some((index) => written.has(node.inputs[index]));
    if (!quantized.has(node) && !follows) continue;
    nodes.add(node);
    for (const index of data) scaled(node.inputs[index]);
    for (const name of node.outputs) written.add(name);
    if (bounded(graph, node, readers) !== undefined) inside.add(node.outputs[0]);
    for (const name of node.outputs) if (name !== '' && graph.types.get(name)?.dtype === 'float32') scaled(name);
    if (!moves(graph, node)) continue;
    for (const index of data) classes.set(classOf(node.inputs[index]), classOf(node.outputs[0]));
    for (const name of node.outputs.slice(1)) if (classes.has(name)) classes.set(name, classOf(node.outputs[0]));
  }
  const flat = new Map([...classes.keys()].map((name) => [name, classOf(name)]));
  return { nodes, layers: layers.filter(({ node }) => nodes.has(node)), classes: flat };
}
