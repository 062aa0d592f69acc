// From a graph with open sizes to one for given input types: types inferred, shape arithmetic done, constants folded.

import { overLimit, QuadlaneError } from '../errors.js';
import { formatShape, sizeOf } from '../shape.js';
import { bytesPerElement, Deferred, isFloat, type Tensor, type TensorType } from '../tensor.js';
import { GraphBuilder, locate, requireInputs } from './builder.js';
import { Derived } from './derived.js';
import { operatorOf } from './dialect.js';
import type { Dialect, Folding, Graph, Node, Pass, TypedGraph } from './graph.js';
import { countedBy } from './rows.js';
import { castNode, widened } from './widening.js';

/** Computes a node of a graph on constants with the kernels. */
export type Compute = (
  graph: Pick<Graph, 'dialect'>,
  node: Node,
  inputs: readonly (Tensor | undefined)[],
  outputs: readonly TensorType[],
) => Tensor[];

/**
 * Folds nodes on constants, and remembers what came of a model's own constants: plans for different shapes share their
 * weights by it. What came of a run's inputs is not kept.
 */
export class ConstantFolder implements Folding {
  private readonly results = new Map<string, Tensor[]>();
  private readonly ids = new Map<Tensor, number>();

  readonly dialect: Dialect;
  /** Bytes of the constants that were computed and are kept. */
  bytes = 0;

  /**
   * @param graph the model: its dialect, and the constants that are its own
   * @param most bytes that constants which are computed may have
   */
  constructor(
    { dialect, constants }: Pick<Graph, 'dialect' | 'constants'>,
    private readonly compute: Compute,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {
    this.dialect = dialect;
    for (const constant of constants.values()) this.keep(constant);
  }

  fold(
    node: Node,
    values: readonly (Tensor | undefined)[],
    types: readonly (TensorType | undefined)[],
    outputs: readonly TensorType[],
  ): Tensor[] | undefined {
    const operator = operatorOf(this, node);
    const known = node.inputs.length > 0 && node.inputs.every((name, index) => name === '' || values[index]);
    if (!known) return operator.evaluate?.(values, node.attributes, outputs, types);
    this.claim(outputs);
    const key = this.key(node, values);
    const kept = key === undefined ? undefined : this.results.get(key);
    if (kept) return kept;
    const compute = () => this.compute(this, node, values, outputs);
    const [type, ...others] = outputs;
    const derivable = isFloat(type.dtype) && others.length === 0 && !operator.countsRows;
    const derived = () => [new Derived(type, this.dialect, node, values, () => compute()[0]) as Tensor];
    const result =
      derivable && values.some((value) => value instanceof Derived)
        ? derived()
        : (operator.evaluate?.(values, node.attributes, outputs, types) ?? (derivable ? derived() : compute()));
    if (key !== undefined) {
      this.results.set(key, result);
      this.count(result, values);
      for (const tensor of result) this.keep(tensor);
    }
    return result;
  }

  /** @throws QuadlaneError `LIMIT` where one of `outputs` can't have a place beside the constants that are kept */
  private claim(outputs: readonly TensorType[]): void {
    for (const { dtype, shape } of outputs) {
      const bytes = this.bytes + sizeOf(shape) * bytesPerElement(dtype);
      if (bytes > this.most) throw overLimit(bytes, this.most);
    }
  }

  /** Counts what was computed; what is computed later, or has the elements of a value, takes nothing. */
  private count(result: readonly Tensor[], values: readonly (Tensor | undefined)[]): void {
    const buffers = new Set(
      values.flatMap((value) => (value && !(value instanceof Deferred) ? value.data.buffer : [])),
    );
    for (const tensor of result) {
      if (!(tensor instanceof Deferred || buffers.has(tensor.data.buffer))) this.bytes += tensor.data.byteLength;
    }
  }

  private keep(constant: Tensor): void {
    if (!this.ids.has(constant)) this.ids.set(constant, this.ids.size);
  }

  /** Names what the node computes, where that follows from the model's constants (and single numbers) alone. */
  private key(node: Node, values: readonly (Tensor | undefined)[]): string | undefined {
    const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${value}`);
    const ids = values.map((value) => value && this.ids.get(value));
    const inputs = values.map((value, index) => ids[index] ?? (value ? single(value) : 'none'));
    const known = ids.some((id) => id !== undefined) && !inputs.includes(undefined);
    return known ? `${node.op} ${attributes.sort().join(' ')} (${inputs.join(' ')})` : undefined;
  }
}

/** A name for a tensor of one element: passes make such constants anew for each plan. */
function single(tensor: Tensor): string | undefined {
  return tensor.size === 1 ? `${tensor.dtype}[${tensor.shape}]=${tensor.data[0]}` : undefined;
}

/**
 * Names of the graph inputs whose values, not only shapes, decide shapes inside the graph. Only scalars and vectors may:
 * a plan is made for each value, so what comes from a tensor of data has no shape that can be planned.
 */
export function shapeInputs(graph: Graph): Set<string> {
  const wanted = new Set<string>();
  for (const node of [...graph.nodes].reverse()) {
    const all = node.op !== 'shape' && node.outputs.some((name) => wanted.has(name));
    const decisive = all ? node.inputs.keys() : (operatorOf(graph, node).shapeInputs ?? []);
    for (const index of decisive) if (node.inputs[index]) wanted.add(node.inputs[index]);
  }
  return new Set(
    graph.inputs.filter(({ name, shape }) => wanted.has(name) && shape.length <= 1).map(({ name }) => name),
  );
}

/**
 * `graph` for inputs of these types; casts stand before what computes with float16 and float64.
 * @param values the values of the inputs that `shapeInputs` names
 */
export function specialize(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  values: ReadonlyMap<string, Tensor>,
  folding: Folding,
): TypedGraph {
  const builder = new GraphBuilder({ ...graph, types });
  for (const [name, value] of values) builder.define(name, value);
  const casts = new Map<string, string>();
  let names: Set<string> | undefined;
  const widen = (value: string): string => {
    let cast = casts.get(value);
    if (cast === undefined) {
      names ??= new Set(graph.nodes.flatMap(({ outputs }) => outputs));
      cast = builder.fresh(`${value}/float32`);
      while (names.has(cast)) cast = builder.fresh(`${cast}_`);
      casts.set(value, cast);
      add(castNode(value, cast, 'float32'));
    }
    return cast;
  };
  const add = (node: Node): void => {
    // Nobody reads what it would give.
    if (node.outputs.length === 0) return;
    for (const name of node.inputs) requireValue(name, builder, graph);
    const asked = widened(builder, bake(node, builder), (name) => builder.types.get(name)?.dtype, widen);
    const inputs = asked.inputs.map((name) => builder.types.get(name));
    const outputs = builder.infer(asked, inputs);
    const isMore = asked.outputs.length > outputs.length;
    const baked = isMore ? { ...asked, outputs: asked.outputs.slice(0, outputs.length) } : asked;
    const constants = baked.inputs.map((name) => builder.constants.get(name));
    countedBy(baked, operatorOf(builder, baked), inputs, builder.counts);
    const folded = locate(baked, inputs, () => folding.fold(baked, constants, inputs, outputs));
    if (folded) {
      baked.outputs.forEach((name, index) => {
        if (name !== '') builder.define(name, folded[index]);
      });
    } else {
      builder.push(baked, outputs);
    }
  };
  graph.nodes.forEach(add);
  for (const name of graph.outputs) requireValue(name, builder, graph);
  return builder.finish();
}

/** Throws where `name` is to be read, but its writer has fewer outputs. */
function requireValue(name: string, builder: GraphBuilder, { nodes }: Graph): void {
  if (name === '' || builder.types.has(builder.resolve(name))) return;
  const writer = nodes.find(({ outputs }) => outputs.includes(name));
  const place = writer && { node: writer.name, operator: writer.op };
  throw new QuadlaneError(
    'FORMAT',
    `"${name}" is read, but ${writer ? `${writer.op} "${writer.name}" has no such output` : 'nothing writes it'}; export the model again without it`,
    place,
  );
}

export const constants: Pass = { name: 'constants', apply: foldConstants };

/** What scales and fusions have made of constants. */
export const foldedConstants: Pass = { name: 'folded constants', apply: foldConstants };

/** Folds what passes have made constant. */
function foldConstants(graph: TypedGraph, folding: Folding): TypedGraph {
  return specialize(graph, graph.types, new Map(), folding);
}

/** Most numbers in a list of axes, sizes or paddings. */
const LONGEST_LIST = 1024;

/** The node with the values of its shape inputs, or what the types of its inputs decide, turned into attributes. */
export function bake(node: Node, builder: GraphBuilder): Node {
  const operator = operatorOf(builder, node);
  const { shapeInputs: decisive = [], typeInputs = [], bake: rule } = operator;
  if (!rule || (decisive.length > 0 && !decisive.some((index) => index < node.inputs.length))) return node;
  const types = node.inputs.map((name) => builder.types.get(name));
  const values = node.inputs.map((name) => builder.constants.get(name));
  for (const index of decisive) {
    const name = node.inputs[index];
    if (name && !values[index]) {
      const shapes = types.map((type) => type?.shape);
      throw new QuadlaneError(
        'UNSUPPORTED',
        `${node.op} "${node.name}" takes the shape of its result from "${name}" ${formatShape(types[index]?.shape ?? [])}, which is computed from the data. quadlane plans all shapes before a run: make it a constant or a graph input`,
        { node: node.name, operator: node.op, shapes },
      );
    }
  }
  const attributes = locate(node, types, () => {
    requireInputs(operator, types);
    const long = decisive.find((index) => (values[index]?.size ?? 0) > LONGEST_LIST);
    if (long !== undefined) throw new QuadlaneError('SHAPE', `input ${long} lists more than ${LONGEST_LIST} numbers`);
    return rule(node.attributes, values, types);
  });
  if (attributes === node.attributes) return node;
  const baked = [...decisive, ...typeInputs];
  return { ...node, attributes, inputs: node.inputs.filter((_, index) => !baked.includes(index)) };
}
