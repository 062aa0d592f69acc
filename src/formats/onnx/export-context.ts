// What an exporting function sees of one node of the network, and how it writes the ONNX nodes that stand for it.

import { QuadlaneError } from '../../errors.js';
import type { Node } from '../../graph/graph.js';
import { entryOf } from '../../ops/lowering/entries.js';
import type { Attributes, PartialShape } from '../../ops/operator.js';
import { shown } from '../../printable.js';
import { type DType, Tensor, tensor } from '../../tensor.js';
import type { OnnxAttribute, OnnxAttributes } from './attributes.js';

import type { ExportGraph } from './export-graph.js';
import { channelsFirst, channelsLast } from './layout.js';

const autoPads: Readonly<Record<string, string>> = { 'same-upper': 'SAME_UPPER', 'same-lower': 'SAME_LOWER' };

/** Thrown by exporting functions: ONNX has no such thing. */
export class NoEquivalent extends Error {}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

export class ExportContext {
  /** @param typed a node whose inputs have the types of this one's, and names that the network knows */
  constructor(
    private readonly node: Node,
    readonly graph: ExportGraph,
    private readonly typed = node,
  ) {}

  get attributes(): Attributes {
    return this.node.attributes;
  }

  /** How many inputs the node lists. */
  get inputCount(): number {
    return this.node.inputs.length;
  }

  get outputCount(): number {
    return this.node.outputs.length;
  }

  /** Whether the optional input `index` is there. */
  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== '';
  }

  /** Whether anything may read output `index`. */
  wants(index: number): boolean {
    return (this.node.outputs[index] ?? '') !== '';
  }

  /** The ONNX value of input `index`, '' where it is absent. */
  input(index: number, permutation?: readonly number[]): string {
    return this.has(index) ? this.graph.place(this.node.inputs[index], permutation) : '';
  }

  /**
   * Input `index` for nodes that keep its first axis and care for the order of its elements only: axes of one element may
   * be elsewhere.
   */
  elements(index: number): string {
    const value = this.node.inputs[index];
    const { source, permutation } = this.graph.placeOf(value);
    const shape = this.graph.shapeOf(value);
    if (!permutation || !shape || permutation[0] !== 0) return this.graph.place(value);
    const long = permutation.filter((_, axis) => shape[axis] !== 1);
    return long.every((axis, i) => i === 0 || long[i - 1] < axis) ? source : this.graph.place(value);
  }

  /** Input `index`, or the attribute `name` as a constant where there is no such input. */
  numberInput(index: number, name: string): string {
    if (this.has(index)) return this.input(index);
    const value = this.attributes[name] as number;
    if (!isInt64(value)) throw this.wrong(name, 'a whole number', value);
    return this.scalar(value, 'int64');
  }

  /** Input `index` in another shape. */
  reshaped(index: number, shape: readonly number[]): string {
    const constant = this.constant(index);
    if (!constant) return this.step('Reshape', [this.input(index), this.list(shape)]);
    const whole = shape.map((extent) => (extent === -1 ? constant.size : extent));
    return this.newConstant(new Tensor(constant.dtype, whole, constant.data));
  }

  /** All inputs. */
  inputs(): string[] {
    return this.node.inputs.map((_, index) => this.input(index));
  }

  /** Input `index` with channels first, which the network has last. */
  channelsFirst(index: number, rank: number): string {
    return this.input(index, channelsFirst(rank));
  }

  /** The value of input `index` where it is known. */
  constant(index: number): Tensor | undefined {
    return this.graph.constants.get(this.node.inputs[index]);
  }

  /** Sizes of input `index` as far as they are known. */
  shape(index: number): PartialShape | undefined {
    return this.graph.shapeOf(this.node.inputs[index] ?? '');
  }

  /** Number of axes of input `index`, where it is known. */
  rank(index: number): number | undefined {
    const value = this.node.inputs[index] ?? '';
    return this.graph.placeOf(value).permutation?.length ?? this.graph.shapeOf(value)?.length;
  }

  /** Number of axes of input `index`. */
  knownRank(index: number): number {
    const rank = this.rank(index);
    if (rank === undefined)
      throw new NoEquivalent(`the rank of its input "${this.node.inputs[index]}" depends on the data`);
    return rank;
  }

  /** Writes an ONNX node of one output; returns that output's name. Attributes that are undefined are left out. */
  step(op: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    return this.steps(op, inputs, attributes, [true])[0];
  }

  /**
   * Writes an ONNX node with those outputs that are wanted; returns their names.
   * @throws QuadlaneError `FORMAT` for integers that ONNX's can't be
   */
  steps(op: string, inputs: readonly string[], attributes: OnnxAttributes, wanted: readonly boolean[]): string[] {
    const entries = Object.entries(attributes).filter(
      (entry): entry is [string, OnnxAttribute] => entry[1] !== undefined,
    );
    for (const [name, value] of entries) {
      if ('int' in value && !isInt64(value.int)) throw this.wrong(name, 'a whole number', value.int);
      if ('ints' in value && !value.ints.every(isInt64)) throw this.wrong(name, 'a list of whole numbers', value.ints);
    }
    return this.graph.node(op, inputs, Object.fromEntries(entries), this.node.name, wanted);
  }

  /** Writes the ONNX node whose outputs are the node's own, one for one. */
  emit(op: string, inputs: readonly string[], attributes: OnnxAttributes = {}): void {
    const wanted = this.node.outputs.map((name) => name !== '');
    this.steps(op, inputs, attributes, wanted).forEach((output, index) => {
      if (output) this.result(output, index);
    });
  }

  /** Says that output `index` of the node is the ONNX value `value`. */
  result(value: string, index = 0): void {
    this.graph.put(this.node.outputs[index], value);
  }

  /** Says that output `index`, channels last, is the ONNX value `value`, channels first. */
  resultChannelsFirst(value: string, rank: number, index = 0): void {
    this.graph.put(this.node.outputs[index], value, channelsLast(rank));
  }

  /** Notes that output 0, channels last, has one element on each spatial axis. */
  noteGlobal(rank: number): void {
    const shape = Array.from({ length: rank }, (_, axis) => (axis === 0 || axis === rank - 1 ? undefined : 1));
    this.graph.setShape(this.node.outputs[0], shape);
  }

  /** A constant of one element and no axes. */
  scalar(value: number, dtype: DType = 'float32'): string {
    return this.newConstant(dtype === 'int64' ? this.integers([value], []) : tensor([value], [], dtype));
  }

  /** A constant of the type of input `index`, of one element and no axes. */
  scalarLike(value: number, index: number): string {
    const name = this.typed.inputs[index];
    const dtype = this.graph.typeOf(name);
    if (!dtype) throw this.unsupported(`the element type of its input "${name}" isn't known`);
    return this.scalar(value, dtype);
  }

  /** A constant list of int64. */
  list(values: readonly number[]): string {
    return this.newConstant(this.integers(values, [values.length]));
  }

  newConstant(value: Tensor): string {
    return this.graph.constant(value, `${this.node.name}/constant`);
  }

  /** An attribute that lists whole numbers; undefined where it isn't there. */
  ints(name: string): OnnxAttribute | undefined {
    const ints = this.attributes[name] as readonly number[] | undefined;
    return ints && { ints };
  }

  /** @throws QuadlaneError `FORMAT` where the attribute is no list */
  requiredList(name: string): readonly number[] {
    const list = this.attributes[name];
    if (!Array.isArray(list)) throw this.wrong(name, 'a list of whole numbers', list);
    return list;
  }

  /**
   * What the attribute `name` chooses from `table`.
   * @throws QuadlaneError `ARGUMENT` where it chooses nothing
   */
  chosen<T>(name: string, table: Readonly<Record<string, T>>): T {
    return entryOf(table, this.attributes[name] as string, name);
  }

  /** A numeric attribute as an ONNX integer. */
  int(name: string): OnnxAttribute | undefined {
    const int = this.attributes[name] as number | undefined;
    return int === undefined ? undefined : { int };
  }

  /** strides, dilations and padding of a window. */
  windowAttributes(): OnnxAttributes {
    const mode = autoPads[String(this.attributes.autoPad)];
    return {
      strides: this.ints('strides'),
      dilations: this.ints('dilations'),
      ...(mode ? { auto_pad: { text: mode } } : { pads: this.ints('padding') }),
    };
  }

  unsupported(reason: string): NoEquivalent {
    return new NoEquivalent(reason);
  }

  /** What to throw for an attribute that isn't what it must be. */
  wrong(attribute: string, wanted: string, got: unknown): QuadlaneError {
    return new QuadlaneError(
      'FORMAT',
      `its attribute "${attribute}" must be ${wanted}; got ${shown(got)}: the file that the model came from is damaged`,
    );
  }

  private integers(values: readonly number[], shape: readonly number[]): Tensor {
    const exact = values.map((value) => {
      if (value >= 2 ** 63) return INT64_MAX;
      if (value < -(2 ** 63)) return INT64_MIN;
      if (Number.isInteger(value)) return BigInt(value);
      throw this.wrong('list', 'of whole numbers', values);
    });
    return new Tensor('int64', shape, BigInt64Array.from(exact));
  }
}

/** Whether an attribute of ONNX can be this number. */
function isInt64(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63;
}

/** Writes the ONNX nodes that stand for one node. */
export type Exporter = (context: ExportContext) => void;
