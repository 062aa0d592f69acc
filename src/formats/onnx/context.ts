// What an importing function sees of one ONNX node, and how it writes the nodes that stand for it. Keeps the ranks of
// values, because the layout changes around spatial operators must name their permutations.

import { QuadlaneError } from '../../errors.js';
import { requireNodeInputs } from '../../graph/builder.js';
import type { Dialect, Node, Subgraph } from '../../graph/graph.js';
import { inferPartialShapes } from '../../graph/partialShapes.js';
import { noteOutputType } from '../../graph/widening.js';
import { HIGHEST_RANK } from '../../ops/lowering/partialShapes.js';
import { numbersOf } from '../../ops/lowering/values.js';
import type { Attributes, PartialShape } from '../../ops/operator.js';
import { type DType, isFloat, type Tensor, tensor } from '../../tensor.js';
import { hasAttribute, hasNoEffect } from './attributeHistory.js';
import { capturedBy } from './order.js';
import type { AttributeProto, GraphProto, NodeProto } from './proto.js';
import { type ExternalData, readTensor } from './tensor-data.js';

/** Most entries in a list of axes, sizes or paddings. */
const LONGEST_LIST = 1024;

/** The fields of an attribute that hold its value, and what they hold. */
const kinds = {
  i: 'an integer',
  f: 'a float',
  s: 'text',
  t: 'a tensor',
  ints: 'integers',
  floats: 'floats',
  strings: 'texts',
} as const;

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/** The number that a tensor of one float holds; undefined for others. */
export function numberIn(value: Tensor): number | undefined {
  return isFloat(value.dtype) && value.size === 1 ? numbersOf(value)[0] : undefined;
}

/** Inputs without those at the end that are absent. */
function present(inputs: readonly string[]): readonly string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1);
}

/** Thrown by importing functions: the node asks for something quadlane doesn't have. */
export class Unsupported extends Error {}

/** Thrown when the rank of a value is needed and the file doesn't tell. */
export class UnknownRank extends Unsupported {}

/** The graph that is being made. */
export class OnnxGraphBuilder {
  readonly nodes: Node[] = [];
  readonly producers = new Map<string, Node>();
  readonly constants = new Map<string, Tensor>();
  readonly shapes = new Map<string, PartialShape>();
  /** Element types as ONNX has them, as far as they are known: what is computed of halves is halves there. */
  readonly types = new Map<string, DType>();

  /**
   * @param dialect what its nodes are written in
   * @param taken every name that the file gives to a value: new names avoid them
   */
  constructor(
    readonly dialect: Dialect,
    private readonly taken: Set<string>,
  ) {}

  setConstant(name: string, value: Tensor): void {
    this.constants.set(name, value);
    this.shapes.set(name, value.shape);
    this.types.set(name, value.dtype);
  }

  /** A name for a new value that resembles `wish`. */
  freshName(wish: string): string {
    let name = wish;
    for (let count = this.taken.size; this.taken.has(name); count++) name = `${wish}:${count}`;
    this.taken.add(name);
    return name;
  }

  /** Notes what the file says of a value's shape. */
  setShape(name: string, shape: PartialShape): void {
    if (shape.length <= HIGHEST_RANK) this.shapes.set(name, shape);
  }

  append(node: Node): void {
    this.nodes.push(node);
    const { [node.op]: operator } = this.dialect.operators;
    if (operator && !this.types.has(node.outputs[0])) noteOutputType(operator, node, this.types);
    const shapes = inferPartialShapes(
      this,
      node,
      node.inputs.map((name) => this.shapes.get(name)),
    );
    node.outputs.forEach((name, i) => {
      this.producers.set(name, node);
      const shape = shapes[i] ?? this.shapes.get(name);
      if (name && shape) this.setShape(name, shape);
    });
  }
}

/** An operator's name, behind its domain where that isn't ONNX's own. */
export function nameOf({ domain, opType }: Pick<NodeProto, 'domain' | 'opType'>): string {
  return domain ? `${domain}.${opType}` : opType;
}

/**
 * Reads a branch or body.
 * @param shapes what is known of its inputs', where that isn't in the file
 */
export type ReadSubgraph = (graph: GraphProto, shapes: readonly (PartialShape | undefined)[]) => Subgraph;

/** One ONNX node, and the operator set version it is written in. */
export class NodeContext {
  private emitted = 0;
  private readonly asked = new Set<string>();

  constructor(
    private readonly proto: NodeProto,
    readonly name: string,
    readonly opset: number,
    private readonly graph: OnnxGraphBuilder,
    private readonly externalData?: ExternalData,
    private readonly read?: ReadSubgraph,
  ) {}

  get operator(): string {
    return nameOf(this.proto);
  }

  get inputs(): readonly string[] {
    return this.proto.inputs;
  }

  get outputs(): readonly string[] {
    return this.proto.outputs;
  }

  /** Whether the optional input `index` is there. */
  has(index: number): boolean {
    return (this.proto.inputs[index] ?? '') !== '';
  }

  /** Whether anything may read output `index`. */
  wants(index: number): boolean {
    return (this.proto.outputs[index] ?? '') !== '';
  }

  /** @throws QuadlaneError `FORMAT` when the input is missing */
  input(index: number): string {
    if (!this.has(index)) throw this.damaged(`lacks its input ${index}`);
    return this.proto.inputs[index];
  }

  /** Input `index`, '' where it is absent. */
  optionalInput(index: number): string {
    return this.proto.inputs[index] ?? '';
  }

  /** The value of input `index` where the file has it. */
  constant(index: number): Tensor | undefined {
    return this.graph.constants.get(this.proto.inputs[index]);
  }

  /** The whole numbers in input `index` where the file has them. */
  constantIntegers(index: number): number[] | undefined {
    const value = this.constant(index);
    if (value && value.size > LONGEST_LIST) {
      throw this.damaged(`has ${value.size} entries in its input ${index}, which lists axes or sizes`);
    }
    if (value && isFloat(value.dtype))
      throw this.damaged(`has floats in its input ${index}, which lists axes or sizes`);
    return value && numbersOf(value);
  }

  /** A constant float without axes. */
  numberOf(value: string): number | undefined {
    const constant = this.graph.constants.get(value);
    return constant && constant.shape.length === 0 ? numberIn(constant) : undefined;
  }

  /** The node that computes a value, if one does. */
  producerOf(value: string): Node | undefined {
    return this.graph.producers.get(value);
  }

  integer(name: string): number | undefined;
  integer(name: string, otherwise: number): number;
  integer(name: string, otherwise?: number): number | undefined {
    const value = this.valueOf(name, 'i');
    return value === undefined ? otherwise : Number(value);
  }

  /** @throws QuadlaneError `FORMAT` when the attribute is missing */
  requiredInteger(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw this.damaged(`lacks its attribute "${name}"`);
    return value;
  }

  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  float(name: string, otherwise?: number): number | undefined {
    return this.valueOf(name, 'f') ?? otherwise;
  }

  /** @throws QuadlaneError `FORMAT` when the attribute is missing */
  requiredFloats(name: string): number[] {
    const value = this.floats(name);
    if (value === undefined) throw this.damaged(`lacks its attribute "${name}"`);
    return value;
  }

  /** @throws QuadlaneError `FORMAT` when the attribute is missing */
  requiredText(name: string): string {
    const value = this.valueOf(name, 's');
    if (value === undefined) throw this.damaged(`lacks its attribute "${name}"`);
    return value;
  }

  /**
   * The attribute that is one of `choices`; the first where it is absent or empty.
   * @throws QuadlaneError `FORMAT` when it is another
   */
  choice(name: string, ...choices: string[]): string {
    const value = this.valueOf(name, 's') || choices[0];
    if (!choices.includes(value)) throw this.damaged(`has ${name} "${value}", not one of ${choices.join(', ')}`);
    return value;
  }

  /** A list of integers; an attribute that is there but empty is an empty list. */
  integers(name: string): number[] | undefined {
    return this.valueOf(name, 'ints')?.map(Number);
  }

  /** @throws QuadlaneError `FORMAT` when the attribute is missing */
  requiredIntegers(name: string): number[] {
    const value = this.integers(name);
    if (value === undefined) throw this.damaged(`lacks its attribute "${name}"`);
    return value;
  }

  /** All 64 bits of an integer attribute, or of a list of them. */
  exactInteger(name: string): bigint | undefined {
    return this.valueOf(name, 'i');
  }

  exactIntegers(name: string): readonly bigint[] | undefined {
    return this.valueOf(name, 'ints');
  }

  floats(name: string): number[] | undefined {
    return this.valueOf(name, 'floats');
  }

  texts(name: string): readonly string[] | undefined {
    return this.valueOf(name, 'strings');
  }

  tensor(name: string): Tensor | undefined {
    const stored = this.valueOf(name, 't');
    return stored && readTensor({ ...stored, name: stored.name || `${this.name}.${name}` }, this.externalData);
  }

  hasAttribute(name: string): boolean {
    return this.stored(name) !== undefined;
  }

  /** Attributes that the importing function hasn't asked for, and that may mean something. */
  unknownAttributes(): string[] {
    return [...this.proto.attributes.keys()].filter(
      (name) => !this.asked.has(name) && !hasNoEffect(this.operator, name, this.opset),
    );
  }

  /** Element type of a value as ONNX has it, where it is known. */
  typeOf(value: string): DType | undefined {
    return this.graph.types.get(value);
  }

  /** Rank of a value, where it is known. */
  rankOf(value: string): number | undefined {
    return this.graph.shapes.get(value)?.length;
  }

  /** @throws UnknownRank */
  knownRankOf(value: string): number {
    const rank = this.rankOf(value);
    if (rank === undefined) {
      throw new UnknownRank(
        `the rank of its input "${value}" isn't in the file: run ONNX shape inference on the model first`,
      );
    }
    return rank;
  }

  /** Sizes of a value as far as they are known. */
  shapeOf(value: string): PartialShape | undefined {
    return this.graph.shapes.get(value);
  }

  /** A constant of one element and no axes. */
  scalar(value: number, dtype: DType = 'float32'): string {
    return this.newConstant(tensor([value], [], dtype));
  }

  newConstant(value: Tensor): string {
    const name = this.graph.freshName(`${this.name}/constant`);
    this.graph.setConstant(name, value);
    return name;
  }

  /** Makes `value` the constant that output 0 names. */
  defineConstant(value: Tensor): void {
    this.graph.setConstant(this.proto.outputs[0], value);
  }

  /**
   * Writes a node that computes this node's own outputs (the first `outputs` of them) and carries its name.
   * @param inputs names of values; '' for an absent one, which is left out at the end
   * @throws QuadlaneError `FORMAT` where the first one is absent: every operator needs that
   */
  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, outputs = this.proto.outputs): void {
    if (!inputs[0]) throw this.damaged('lacks its input 0');
    const node = { name: this.name, op, inputs: present(inputs), outputs, attributes };
    const operator = this.graph.dialect.operators[op];
    if (operator) requireNodeInputs(operator, node);
    this.graph.append(node);
  }

  /**
   * The branch or body that an attribute holds.
   * @param shapes an entry for each of its own inputs: what is known of the shape
   * @throws QuadlaneError `FORMAT` where the attribute is missing, or the graph takes another number of inputs
   */
  subgraph(name: string, shapes: readonly (PartialShape | undefined)[]): Subgraph {
    this.asked.add(name);
    const graph = this.proto.attributes.get(name)?.graphs[0];
    if (!graph) throw this.damaged(`lacks its attribute "${name}"`);
    if (graph.inputs.length !== shapes.length) {
      throw this.damaged(`has a ${name} of ${graph.inputs.length} inputs, not ${shapes.length}`);
    }
    return this.read!(graph, shapes);
  }

  /** Writes a node with subgraphs, all of which take what any of them reads from outside behind their own inputs. */
  emitWithGraphs(op: string, inputs: readonly string[], attributes: Attributes, subgraphs: readonly Subgraph[]): void {
    const outside = capturedBy(this.proto).filter((name) => !this.graph.constants.has(name));
    const graphs = subgraphs.map((graph) => ({ ...graph, inputs: [...graph.inputs, ...outside] }));
    const node = {
      name: this.name,
      op,
      inputs: [...inputs, ...outside],
      outputs: this.proto.outputs,
      attributes,
      graphs,
    };
    this.graph.append(node);
  }

  /** Writes a node in between; returns the name of its one output. */
  step(op: string, inputs: readonly string[], attributes: Attributes = {}, wish?: string): string {
    const output = this.graph.freshName(wish ?? `${this.proto.outputs[0] || this.name}/${op}`);
    this.stepInto(output, op, inputs, attributes);
    return output;
  }

  /** Writes a node in between whose outputs have names: this node's own, or fresh ones. */
  stepInto(
    output: string | readonly string[],
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
  ): void {
    const name = `${this.name}/${op}${this.emitted++ || ''}`;
    this.graph.append({ name, op, inputs: present(inputs), outputs: [output].flat(), attributes });
  }

  /** What `importer` makes of this node, as a value in between; returns its name. */
  within(importer: (context: NodeContext) => void): string {
    const output = this.graph.freshName(`${this.proto.outputs[0] || this.name}/inner`);
    const proto = { ...this.proto, outputs: [output] };
    const inner = new NodeContext(proto, `${this.name}/inner`, this.opset, this.graph, this.externalData, this.read);
    importer(inner);
    for (const name of inner.asked) this.asked.add(name);
    return output;
  }

  /** A name for an output of a node that more steps follow. */
  freshOutput(index: number, suffix: string): string {
    return this.graph.freshName(`${this.proto.outputs[index]}/${suffix}`);
  }

  unsupported(reason: string): Unsupported {
    return new Unsupported(reason);
  }

  damaged(what: string): QuadlaneError {
    return new QuadlaneError('FORMAT', `node "${this.name}" (${this.operator}) ${what}; export or get the file again`, {
      node: this.name,
      operator: this.operator,
    });
  }

  /** The attribute where the file has it, and the node's operator set too. */
  private stored(name: string): AttributeProto | undefined {
    if (!hasAttribute(this.operator, name, this.opset)) return undefined;
    this.asked.add(name);
    return this.proto.attributes.get(name);
  }

  /** The attribute's value; where a writer has left it out, undefined or empty. */
  private valueOf<Kind extends keyof typeof kinds>(name: string, kind: Kind): AttributeProto[Kind] | undefined {
    const attribute = this.stored(name);
    if (attribute?.unsupportedKind) {
      throw this.unsupported(`its attribute "${name}" is ${attribute.unsupportedKind}`);
    }
    if (attribute && !isGiven(attribute[kind])) {
      const other = (Object.keys(kinds) as Kind[]).find((one) => isGiven(attribute[one]));
      if (other) throw this.damaged(`has ${kinds[other]} as its attribute "${name}", which takes ${kinds[kind]}`);
    }
    return attribute?.[kind];
  }
}

/** Writes the nodes that stand for one ONNX node. */
export type Importer = (context: NodeContext) => void;
