// The ONNX graph that is being written, and where in it each value of the network is. A value whose axes have another
// order than the ONNX value that holds it is transposed only where a node needs it so: of the changes of layout around
// channels-last operators, only those that a reader sees are written.

import type { Dialect, Graph, Node } from '../../graph/graph.js';
import { inferPartialShapes } from '../../graph/partialShapes.js';
import type { PartialShape } from '../../ops/operator.js';
import { permuteShape, sizeOf, stridesOf } from '../../shape.js';
import { type DType, newArray, Tensor } from '../../tensor.js';
import type { OnnxAttribute } from './attributes.js';
import type { OnnxNode } from './encode.js';
import { isIdentity } from './layout.js';

/** An ONNX value; with `permutation`, the network's value is its transpose. */
interface Place {
  readonly source: string;
  readonly permutation?: readonly number[];
}

export class ExportGraph {
  /** What the network's nodes are written in. */
  readonly dialect: Dialect;
  readonly nodes: OnnxNode[] = [];
  readonly constants: Map<string, Tensor>;
  private readonly places = new Map<string, Place>();
  private readonly shapes = new Map<string, PartialShape>();
  private readonly transposed = new Map<string, string>();
  /** Transposes that are just what the network calls so. */
  private readonly exact = new Map<string, string>();
  private readonly taken: Set<string>;
  private readonly fresh = new Set<string>();
  private readonly nodeNames = new Set<string>();
  private opset: number;

  /**
   * @param written the nodes that will be written
   * @param types element types of values, as far as they are known
   */
  constructor(
    graph: Graph,
    written: readonly Node[],
    private readonly types: ReadonlyMap<string, DType>,
    opset: number,
  ) {
    this.dialect = graph.dialect;
    this.opset = opset;
    this.constants = new Map(graph.constants);
    for (const [name, { shape }] of graph.constants) this.shapes.set(name, shape);
    for (const { name, shape } of graph.inputs) {
      this.shapes.set(
        name,
        shape.map((extent) => (typeof extent === 'number' ? extent : undefined)),
      );
    }
    const values = [...this.shapes.keys(), ...written.flatMap((node) => node.outputs), ...graph.outputs];
    this.taken = new Set(values);
  }

  /** The operator set that the nodes need. */
  get operatorSet(): number {
    return this.opset;
  }

  needOperatorSet(version: number): void {
    this.opset = Math.max(this.opset, version);
  }

  /** Notes what follows for the shapes of a node's outputs. */
  infer(node: Node): void {
    const shapes = inferPartialShapes(
      this,
      node,
      node.inputs.map((name) => this.shapes.get(name)),
    );
    node.outputs.forEach((name, index) => {
      const shape = shapes[index];
      if (name && shape) this.shapes.set(name, shape);
    });
  }

  /** The element type of one of the network's values, where it is known. */
  typeOf(value: string): DType | undefined {
    return this.types.get(value);
  }

  shapeOf(value: string): PartialShape | undefined {
    return this.shapes.get(value) ?? this.constants.get(value)?.shape;
  }

  setShape(value: string, shape: PartialShape): void {
    this.shapes.set(value, shape);
  }

  /** The ONNX value that is the transpose of the network's `value`; with no permutation, the value itself. */
  place(value: string, permutation?: readonly number[]): string {
    const { source, permutation: own } = this.placeOf(value);
    const whole = own && permutation ? permuteShape(own, permutation) : (own ?? permutation);
    if (!whole || isIdentity(whole)) return source;
    const key = `${source}|${whole}`;
    const known = this.transposed.get(key);
    if (known !== undefined) return known;
    const constant = this.constants.get(source);
    const name = constant
      ? this.constant(transposeConstant(constant, whole), `${source}/transposed`)
      : this.node('Transpose', [source], { perm: { ints: whole } }, `${value}/transpose`)[0];
    this.transposed.set(key, name);
    if (!permutation && !constant) this.exact.set(name, value);
    return name;
  }

  placeOf(value: string): Place {
    return this.places.get(value) ?? { source: value };
  }

  /** Says that the network's `value` is the ONNX value `source`, or, with a permutation, its transpose. */
  put(value: string, source: string, permutation?: readonly number[]): void {
    this.places.set(value, permutation && !isIdentity(permutation) ? { source, permutation } : { source });
  }

  /** A name that nothing has yet and that resembles `wish`. */
  freshName(wish: string): string {
    let name = wish;
    for (let count = 1; this.taken.has(name); count++) name = `${wish}_${count}`;
    this.taken.add(name);
    return name;
  }

  /** Writes a node; returns the names of its outputs, '' for those beyond `wanted` that are false. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    name: string,
    wanted: readonly boolean[] = [true],
  ): string[] {
    const outputs = wanted.map((isWanted) => (isWanted ? this.freshName(name) : ''));
    const last = inputs.findLastIndex((input) => input !== '');
    this.nodes.push({ name: this.nodeName(name, op), op, inputs: inputs.slice(0, last + 1), outputs, attributes });
    for (const output of outputs) this.fresh.add(output);
    return outputs;
  }

  /** Adds a constant; returns its name. */
  constant(value: Tensor, wish: string): string {
    const name = this.freshName(wish);
    this.constants.set(name, value);
    return name;
  }

  /**
   * The nodes, with values named as the network names them, graph outputs before others.
   * @returns also the constants that nodes read
   */
  finish(outputs: readonly string[]): { nodes: OnnxNode[]; initializers: Map<string, Tensor> } {
    const names = new Map<string, string>();
    for (const output of outputs) {
      const source = this.place(output);
      const isFree = this.fresh.has(source) && !names.has(source);
      if (isFree) names.set(source, output);
      else if (source !== output) {
        this.nodes.push({
          name: `${output}/identity`,
          op: 'Identity',
          inputs: [source],
          outputs: [output],
          attributes: {},
        });
      }
    }
    for (const [value, { source, permutation }] of this.places) {
      if (!permutation && this.fresh.has(source) && !names.has(source) && !outputs.includes(value))
        names.set(source, value);
    }
    for (const [source, value] of this.exact) {
      if (!names.has(source) && !outputs.includes(value)) names.set(source, value);
    }
    const renamed = (name: string) => names.get(name) ?? name;
    const nodes = this.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    }));
    const read = new Set([...nodes.flatMap((node) => node.inputs), ...outputs]);
    return { nodes, initializers: new Map([...this.constants].filter(([name]) => read.has(name))) };
  }

  /** The first ONNX node of a node of the network has its name, later ones are told apart. */
  private nodeName(wish: string, op: string): string {
    let name = wish;
    for (let count = 1; this.nodeNames.has(name); count++)
      name = count === 1 ? `${wish}/${op}` : `${wish}/${op}_${count}`;
    this.nodeNames.add(name);
    return name;
  }
}

function transposeConstant({ dtype, shape, data }: Tensor, permutation: readonly number[]): Tensor {
  const to = permuteShape(shape, permutation);
  const strides = permuteShape(stridesOf(shape), permutation);
  const result = newArray(dtype, sizeOf(to));
  const index = new Array<number>(to.length).fill(0);
  for (let at = 0, from = 0; at < result.length; at++) {
    result[at] = data[from];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < to[axis]) break;
      from -= strides[axis] * to[axis];
      index[axis] = 0;
    }
  }
  return new Tensor(dtype, to, result);
}
