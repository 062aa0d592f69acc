// From a graph with open sizes to one for given input types: types inferred, shape arithmetic done, constants folded.

import { overLimit, QuadlaneError } from '../errors.js';
import { formatShape, sizeOf } from '../shape.js';
import { bytesPerElement, Deferred, isFloat, type Tensor, type TensorType } from '../tensor.js';
import { GraphBuilder, locate, requireInputs } from './builder.js';
import { Derived } from './derived.js';
import { operatorOf } from './dialect.js';
import type { Dialect, Folding, Graph, GraphInput, Node, Pass, Stretch, Subgraph, TypedGraph } from './graph.js';
import { refusalOfRows } from './rows.js';
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
    { dialect, constants, nodes }: Pick<Graph, 'dialect' | 'constants' | 'nodes'>,
    private readonly compute: Compute,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {
    this.dialect = dialect;
    this.keepAll(constants);
    for (const subgraph of subgraphsOf(nodes)) this.keepAll(subgraph.constants);
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

  private keepAll(constants: ReadonlyMap<string, Tensor>): void {
    for (const constant of constants.values()) this.keep(constant);
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

function subgraphsOf(nodes: readonly Node[]): Subgraph[] {
  return nodes.flatMap(({ graphs = [] }) => graphs.flatMap((graph) => [graph, ...subgraphsOf(graph.nodes)]));
}

/** A name for a tensor of one element: passes make such constants anew for each plan. */
function single(tensor: Tensor): string | undefined {
  return tensor.size === 1 ? `${tensor.dtype}[${tensor.shape}]=${tensor.data[0]}` : undefined;
}

/** Longer lists of floats are data, as sound is, where a shape follows from them only by computation. */
const MOST_DECIDING_FLOATS = 16;

/**
 * Names of the graph inputs whose values, not only shapes, decide shapes inside the graph. Only scalars and vectors may:
 * a plan is made for each value, so what comes from a tensor of data has no shape that can be planned.
 */
export function shapeInputs(graph: Graph): Set<string> {
  const wanted = new Set<string>();
  const direct = new Set<string>();
  for (const node of [...graph.nodes].reverse()) {
    const all = node.op !== 'shape' && node.outputs.some((name) => wanted.has(name));
    const decisive = all ? node.inputs.keys() : (operatorOf(graph, node).shapeInputs ?? []);
    for (const index of decisive) {
      if (!node.inputs[index]) continue;
      wanted.add(node.inputs[index]);
      if (!all) direct.add(node.inputs[index]);
    }
  }
  const isList = ({ name, dtype, shape }: GraphInput) =>
    shape.length === 0 || direct.has(name) || !isFloat(dtype) || Number(shape[0]) <= MOST_DECIDING_FLOATS;
  return new Set(
    graph.inputs
      .filter((input) => wanted.has(input.name) && input.shape.length <= 1 && isList(input))
      .map(({ name }) => name),
  );
}

/**
 * `graph` for inputs of these types; casts stand before what computes with float16 and float64.
 * @param values the values of the inputs that `shapeInputs` names
 * @throws QuadlaneError `UNSUPPORTED` where a shape depends on what only a run computes
 */
export function specialize(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  values: ReadonlyMap<string, Tensor>,
  folding: Folding,
): TypedGraph {
  return stretch(graph, types, values, folding, (reason) => {
    throw reason;
  }).typed;
}

/** `specialize` as far as types are known before a run: what depends on what a run computes is left to the rest. */
export function firstStretch(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  values: ReadonlyMap<string, Tensor>,
  folding: Folding,
): Stretch {
  let first: QuadlaneError | undefined;
  const found = stretch(graph, types, values, folding, (reason) => {
    first ??= reason;
  });
  const { rest } = found;
  if (first && rest && rest.between.length === 0 && rest.graph.nodes.length >= graph.nodes.length) throw first;
  return found;
}

/** @param onUndecided told why a node can't be planned yet */
function stretch(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  values: ReadonlyMap<string, Tensor>,
  folding: Folding,
  onUndecided: (reason: QuadlaneError) => void,
): Stretch {
  const builder = new GraphBuilder({ ...graph, types });
  for (const [name, value] of values) builder.define(name, value);
  const casts = new Map<string, string>();
  let names: Set<string> | undefined;
  const fresh = (wish: string): string => {
    names ??= new Set(graph.nodes.flatMap(({ outputs }) => outputs));
    let name = builder.fresh(wish);
    while (names.has(name)) name = builder.fresh(`${name}_`);
    return name;
  };
  const widen = (value: string): string => {
    let cast = casts.get(value);
    if (cast === undefined) {
      cast = fresh(`${value}/float32`);
      casts.set(value, cast);
      add(castNode(value, cast, 'float32'));
    }
    return cast;
  };
  const late = new Set<string>();
  const between: Node[] = [];
  const waiting: Node[] = [];
  const postpone = (node: Node, to: Node[], reason?: QuadlaneError): void => {
    if (reason) onUndecided(reason);
    to.push(node);
    for (const name of node.outputs) late.add(name);
  };
  const add = (node: Node): void => {
    // Nobody reads what it would give.
    if (node.outputs.length === 0) return;
    if (node.inputs.some((name) => name !== '' && late.has(name))) {
      postpone(node, waiting);
      return;
    }
    for (const name of node.inputs) requireValue(name, builder, graph);
    const control = builder.dialect.controls?.[node.op];
    if (control) {
      const given = node.inputs.map((name) => builder.types.get(name));
      const known = node.inputs.map((name) => builder.constants.get(name));
      const expansion = locate(node, given, () => control.expand?.(node, known, given, fresh));
      if (expansion) {
        for (const [name, value] of expansion.constants) builder.define(name, value);
        expansion.nodes.forEach(add);
      } else if (control.run) postpone(node, between, undecided(node, given, node.inputs[0]));
      else postpone(node, waiting, undecided(node, given, node.inputs[0]));
      return;
    }
    const missing = missingValue(node, builder);
    if (missing) {
      postpone(node, waiting, missing);
      return;
    }
    const asked = widened(builder, bake(node, builder), (name) => builder.types.get(name)?.dtype, widen);
    const inputs = asked.inputs.map((name) => builder.types.get(name));
    const outputs = builder.infer(asked, inputs);
    const isMore = asked.outputs.length > outputs.length;
    const baked = isMore ? { ...asked, outputs: asked.outputs.slice(0, outputs.length) } : asked;
    const constants = baked.inputs.map((name) => builder.constants.get(name));
    const rows = refusalOfRows(baked, operatorOf(builder, baked), inputs, builder.counts);
    if (rows) {
      postpone(node, waiting, rows);
      return;
    }
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
  for (const name of graph.outputs) if (!late.has(name)) requireValue(name, builder, graph);
  if (late.size === 0) return { typed: builder.finish() };
  return split(graph, builder, late, between, waiting);
}

/** The stretch that gives all that nodes of the rest read. */
function split(
  { outputs }: Graph,
  builder: GraphBuilder,
  late: ReadonlySet<string>,
  between: readonly Node[],
  waiting: readonly Node[],
): Stretch {
  const read = new Set([...between, ...waiting].flatMap((node) => node.inputs).concat(outputs));
  for (const name of [...late, '']) read.delete(name);
  const constants = new Map<string, Tensor>();
  const computed: string[] = [];
  for (const name of read) {
    const value = builder.constants.get(builder.resolve(name));
    if (value) constants.set(name, value);
    else computed.push(name);
  }
  const inputs = [...computed, ...between.flatMap((node) => node.outputs).filter((name) => name !== '')];
  return { typed: builder.finish(computed), rest: { between, graph: { inputs, outputs, nodes: waiting, constants } } };
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

/** Why a node can't be planned: a value decides the shape of its result that isn't known. */
function missingValue(node: Node, builder: GraphBuilder): QuadlaneError | undefined {
  const { shapeInputs: decisive = [], bake: rule } = operatorOf(builder, node);
  const missing = rule && decisive.find((index) => node.inputs[index] && !builder.constants.has(node.inputs[index]));
  if (missing === undefined) return undefined;
  const types = node.inputs.map((name) => builder.types.get(name));
  return undecided(node, types, node.inputs[missing]);
}

function undecided(node: Node, types: readonly (TensorType | undefined)[], name: string): QuadlaneError {
  const shapes = types.map((type) => type?.shape);
  const shape = formatShape(types[node.inputs.indexOf(name)]?.shape ?? []);
  return new QuadlaneError(
    'UNSUPPORTED',
    `${node.op} "${node.name}" takes the shape of its result from "${name}" ${shape}, which is computed from the data. quadlane plans all shapes before a run, or by numbers and lists of them that a run computes: make it one of these, a constant or a graph input`,
    { node: node.name, operator: node.op, shapes },
  );
}

/** The node with the values of its shape inputs, or what the types of its inputs decide, turned into attributes. */
export function bake(node: Node, builder: GraphBuilder): Node {
  const operator = operatorOf(builder, node);
  const { shapeInputs: decisive = [], typeInputs = [], bake: rule } = operator;
  if (!rule || (decisive.length > 0 && !decisive.some((index) => index < node.inputs.length))) return node;
  const types = node.inputs.map((name) => builder.types.get(name));
  const values = node.inputs.map((name) => builder.constants.get(name));
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
