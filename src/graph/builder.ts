// A graph under construction: passes and front ends append nodes to it, types are inferred as they come.

import { guarded, QuadlaneError } from '../errors.js';
import type { Attributes, Operator } from '../ops/operator.js';
import { sameShape, sizeOf } from '../shape.js';
import { type Tensor, type TensorType, typedArrays } from '../tensor.js';
import { operatorOf } from './dialect.js';
import type { Dialect, Graph, GraphInput, Node, TypedGraph } from './graph.js';
import { countedBy } from './rows.js';

/** What takes seconds to plan on any machine; real networks have a hundredth of it. */
const MOST_NODES = 2 ** 16;

/** Types of a node's outputs, none too large; errors of the shape rule carry the node's name. */
export function inferNode(
  graph: Pick<Graph, 'dialect'>,
  node: Node,
  inputs: readonly (TensorType | undefined)[],
): TensorType[] {
  return locate(node, inputs, () => {
    const operator = operatorOf(graph, node);
    requireInputs(operator, inputs, operator.shapeInputs);
    const types = operator.infer(inputs, node.attributes);
    if (types.length === 0) throw new QuadlaneError('SHAPE', 'it would have no outputs');
    for (const { dtype, shape } of types) {
      if (!Object.hasOwn(typedArrays, dtype)) throw new QuadlaneError('SHAPE', `there are no tensors of ${dtype}`);
      sizeOf(shape);
    }
    return types;
  });
}

/**
 * @param leftOut those that have become attributes, by their places among all
 * @throws QuadlaneError `FORMAT` where `inputs` lack one that the operator needs
 */
export function requireInputs(
  { needs = 1 }: Operator,
  inputs: readonly unknown[],
  leftOut: readonly number[] = [],
): void {
  const least = needs === 'all' ? inputs.length : needs - leftOut.filter((index) => index < needs).length;
  for (let index = 0; index < least; index++) {
    if (inputs[index]) continue;
    throw new QuadlaneError('FORMAT', `it lacks its input ${index} of ${least}; write or export the model again`);
  }
}

/** `requireInputs` for a node whose lists may be inputs or attributes. */
export function requireNodeInputs(operator: Operator, { name, op, inputs }: Node): void {
  const { shapeInputs = [] } = operator;
  const isBaked = !shapeInputs.some((index) => index < inputs.length);
  try {
    requireInputs(operator, inputs, isBaked ? shapeInputs : []);
  } catch (error) {
    throw new QuadlaneError('FORMAT', `${op} "${name}": ${(error as Error).message}`, { node: name, operator: op });
  }
}

/** Calls `rule`, adding the node's name, operator and input shapes to what it throws. */
export function locate<T>(node: Node, inputs: readonly (TensorType | undefined)[], rule: () => T): T {
  try {
    return guarded("the node can't be planned", rule);
  } catch (error) {
    throw (error as QuadlaneError).at(
      node.name,
      node.op,
      inputs.map((input) => input?.shape),
    );
  }
}

/** Times each value is read, graph outputs counted. */
export function countUses(graph: Graph): Map<string, number> {
  const uses = new Map<string, number>();
  const count = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  graph.outputs.forEach(count);
  return uses;
}

export class GraphBuilder {
  readonly dialect: Dialect;
  readonly inputs: readonly GraphInput[];
  readonly nodes: Node[] = [];
  readonly constants: Map<string, Tensor>;
  readonly types: Map<string, TensorType>;
  readonly counts = new Map<string, string>();
  private readonly renamed = new Map<string, string>();
  private readonly producers = new Map<string, Node>();
  /** Numbers that names with something behind them have come to. */
  private readonly tried = new Map<string, number>();
  private readonly sourceNodes: ReadonlySet<Node>;

  /** Starts from the inputs and constants of `source`, without its nodes. */
  constructor(private readonly source: TypedGraph) {
    this.dialect = source.dialect;
    this.inputs = source.inputs;
    this.constants = new Map(source.constants);
    this.types = new Map();
    this.sourceNodes = new Set(source.nodes);
    for (const input of source.inputs) this.types.set(input.name, source.types.get(input.name)!);
    for (const [name, value] of source.constants) this.types.set(name, value);
  }

  /** The value that now stands for `name`. */
  resolve(name: string): string {
    let current = name;
    for (let next = this.renamed.get(name); next !== undefined; next = this.renamed.get(current)) current = next;
    // Long chains are walked once.
    if (current !== name) this.renamed.set(name, current);
    return current;
  }

  /** Makes every later reader of `name` read `other`. */
  replace(name: string, other: string): void {
    this.renamed.set(name, other);
  }

  /** The node that writes `name`, if one does. */
  producer(name: string): Node | undefined {
    return this.producers.get(name);
  }

  typeOf(name: string): TensorType {
    return this.types.get(name)!;
  }

  /**
   * Types of what `node` gives on inputs of these types: the same objects as before where they are equal, and not inferred
   * again where neither the node nor its inputs' types have changed.
   */
  infer(node: Node, inputs: readonly (TensorType | undefined)[]): readonly TensorType[] {
    const { types } = this.source;
    const isUnchanged =
      this.sourceNodes.has(node) &&
      node.inputs.every((name, index) => types.get(name) === inputs[index]) &&
      node.outputs.every((name) => types.has(name));
    if (isUnchanged) return node.outputs.map((name) => types.get(name)!);
    return inferNode(this, node, inputs).map((type, index) => {
      const known = types.get(node.outputs[index]);
      return known?.dtype === type.dtype && sameShape(known.shape, type.shape) ? known : type;
    });
  }

  /** Appends `node`, its inputs resolved; `known` are its types where they were inferred before. */
  push(node: Node, known?: readonly TensorType[]): Node {
    const isRenamed = node.inputs.some((name) => this.renamed.has(name));
    const placed: Node = isRenamed ? { ...node, inputs: node.inputs.map((name) => this.resolve(name)) } : node;
    const { inputs } = placed;
    const inputTypes = inputs.map((name) => this.types.get(name));
    const types = known ?? this.infer(node, inputTypes);
    const source = countedBy(placed, operatorOf(this, placed), inputTypes, this.counts);
    if (source !== undefined) this.counts.set(placed.outputs[0], source);
    placed.outputs.forEach((name, index) => {
      if (name === '') return;
      this.types.set(name, types[index]);
      this.producers.set(name, placed);
    });
    if (this.nodes.length === MOST_NODES) {
      throw new QuadlaneError(
        'LIMIT',
        `the network has more than ${MOST_NODES} nodes, too many to plan: split it, or export it with fewer inputs of one operator`,
      );
    }
    this.nodes.push(placed);
    return placed;
  }

  /** Takes back a node that a later one includes. */
  remove(node: Node): void {
    this.nodes.splice(this.nodes.lastIndexOf(node), 1);
    for (const name of node.outputs) this.producers.delete(name);
  }

  /** Appends a node of one output and returns that output's name. */
  apply(op: string, inputs: readonly string[], attributes: Attributes, name: string): string {
    const output = this.fresh(name);
    this.push({ name: output, op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a constant and returns its name. */
  constant(value: Tensor, name: string): string {
    const fresh = this.fresh(name);
    this.define(fresh, value);
    return fresh;
  }

  /** Makes `name` a constant. */
  define(name: string, value: Tensor): void {
    this.constants.set(name, value);
    this.types.set(name, value);
  }

  /**
   * The graph, without nodes and constants that no output needs; nothing can be added to the builder afterwards.
   * @param wanted its outputs
   */
  finish(wanted = this.source.outputs): TypedGraph {
    const outputs = wanted.map((name) => this.resolve(name));
    const needed = new Set(outputs);
    const nodes: Node[] = [];
    for (const node of [...this.nodes].reverse()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      for (const name of node.inputs) needed.add(name);
      nodes.push(node);
    }
    const { dialect, inputs, constants, types, counts } = this;
    for (const name of constants.keys()) if (!needed.has(name)) constants.delete(name);
    return { dialect, inputs, outputs, nodes: nodes.reverse(), constants, types, counts };
  }

  /** `name`, or that with a number behind it, that no value has. */
  fresh(name: string): string {
    let fresh = name;
    for (let i = this.tried.get(name) ?? 1; this.types.has(fresh) || this.source.types.has(fresh); i++) {
      fresh = `${name}_${i}`;
      this.tried.set(name, i);
    }
    return fresh;
  }
}
