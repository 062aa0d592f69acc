// ONNX: the bytes of a file -> a Graph in quadlane's own operators, by the importers that it is given. Fetches nothing; knows
// nothing of plans.

import { QuadlaneError } from '../../errors.js';
import type { Dialect, Graph, GraphInput, ModelMetadata, Node, OpenType } from '../../graph/graph.js';
import type { PartialShape } from '../../ops/operator.js';
import { sizeOf } from '../../shape.js';
import { bytesIn } from '../../tensor.js';
import {
  type Importer,
  NodeContext,
  nameOf,
  OnnxGraphBuilder,
  type ReadSubgraph,
  UnknownRank,
  Unsupported,
} from './context.js';
import { dtypeOf, elementTypeName } from './elementTypes.js';
import { executionOrder, type NamedNode, outsideOf } from './order.js';
import { type GraphProto, type ModelProto, type NodeProto, readModelProto, type ValueInfoProto } from './proto.js';
import { type ExternalData, readTensor } from './tensor-data.js';

const NEWEST_OPSET = 28;
const MOST_NODES_LISTED = 5;
const MOST_COMPLAINTS_LISTED = 30;

export interface OnnxOptions {
  /** The bytes of files that the model's tensors lie in, by their location as the model names it; asked once for each. */
  externalData?: ExternalData;
}

/** Which of ONNX's operators are imported, and what they become. */
export interface Vocabulary {
  /** Importers by the names of operators, which those of other domains than ONNX's own begin with: `com.microsoft.QGemm`. */
  readonly importers: ReadonlyMap<string, Importer>;
  readonly dialect: Dialect;
}

/** The operators that a model has. */
export function operatorsIn(model: ModelProto): Set<string> {
  return new Set(checkedParts(model).graph.nodes.map(nameOf));
}

/**
 * The graph of a model in the words of `vocabulary`.
 * @throws QuadlaneError `FORMAT` for a graph that isn't sound, `UNSUPPORTED` with everything in it that quadlane doesn't have
 */
export function importModel(model: ModelProto, vocabulary: Vocabulary, options: OnnxOptions = {}): Graph {
  const externalData = options.externalData && once(options.externalData);
  const { graph: proto, opset } = checkedParts(model);
  const complaints = new Complaints();
  const graph = importGraph(proto, { ...vocabulary, opset, model, complaints, externalData, path: '' });
  complaints.throwIfAny();
  return { ...graph, metadata: metadataOf(model) };
}

/** What the file says of itself; what it leaves empty is left out. */
function metadataOf(model: ModelProto): ModelMetadata {
  const said = {
    producer: model.producerName,
    producerVersion: model.producerVersion,
    domain: model.domain,
    version: model.modelVersion,
    name: model.graph?.name,
    description: model.docString,
  };
  const entries = Object.entries(said).filter(([, value]) => value);
  return { ...Object.fromEntries(entries), properties: Object.fromEntries(model.metadata) };
}

/**
 * One graph of the model.
 * @param outer of a subgraph, the graph that it is in, and what is known of the shapes of its inputs
 */
function importGraph(
  proto: GraphProto,
  importing: Importing,
  outer?: { readonly graph: OnnxGraphBuilder; readonly shapes: readonly (PartialShape | undefined)[] },
): Graph {
  const { complaints, externalData, dialect, path } = importing;
  const nodes = proto.nodes.map((node, index) => ({
    name: path + (node.name || `${node.opType}_${index}`),
    proto: node,
  }));

  const initializers = new Set<string>();
  for (const { name } of proto.initializers) {
    if (initializers.has(name)) throw unsound(`it has two initializers "${name}"`);
    initializers.add(name);
  }
  const unnamed = [...proto.initializers, ...proto.inputs, ...proto.outputs].some(({ name }) => name === '');
  if (unnamed) throw unsound('it has an input, output or initializer without a name');
  const inputs = proto.inputs.filter(({ name }) => !initializers.has(name));
  const given = new Set([...initializers, ...inputs.map(({ name }) => name)]);
  if (given.size < initializers.size + inputs.length) throw unsound('it has two inputs of one name');
  const { sparseInitializers } = proto;
  for (const name of sparseInitializers) given.add(name);
  const captured = outer ? outsideOf(proto) : [];
  for (const name of captured) given.add(name);
  const ordered = executionOrder(nodes, given);

  const taken = new Set([...given, ...nodes.flatMap((node) => node.proto.outputs)]);
  for (const { name } of proto.outputs) if (!taken.has(name)) throw unsound(`nothing provides its output "${name}"`);
  const graph = new OnnxGraphBuilder(dialect, taken);
  for (const name of captured) {
    const value = outer!.graph.constants.get(name);
    const shape = outer!.graph.shapes.get(name);
    if (value) graph.setConstant(name, value);
    else {
      const dtype = outer!.graph.types.get(name);
      if (shape) graph.setShape(name, shape);
      if (dtype) graph.types.set(name, dtype);
    }
  }
  inputs.forEach(({ name }, index) => {
    const shape = outer?.shapes[index];
    if (shape) graph.setShape(name, shape);
  });
  for (const value of [...proto.valueInfo, ...proto.outputs, ...inputs]) {
    const dtype = dtypeOf(value.elemType ?? 0);
    if (dtype) graph.types.set(value.name, dtype);
    if (value.shape)
      graph.setShape(
        value.name,
        value.shape.map((size) => (typeof size === 'number' ? size : undefined)),
      );
  }
  for (const initializer of proto.initializers) {
    graph.setConstant(initializer.name, readTensor(initializer, externalData));
  }
  const graphInputs = outer
    ? inputs.map(({ name }): GraphInput => ({ name, dtype: 'float32', shape: [] }))
    : inputs.map((input) => readInput(input, complaints));
  for (const { name, elemType } of proto.outputs) {
    if (elemType && !dtypeOf(elemType)) complaints.add(`outputs of type ${elementTypeName(elemType)}`, name);
  }
  for (const name of sparseInitializers) complaints.add('sparse initializers (make them dense)', path + name);
  for (const node of ordered) importNode(node, graph, importing);
  // What is lacking has written nothing that the others could read.
  const outside = captured.filter((name) => !graph.constants.has(name));
  return finish(graph, graphInputs, proto, complaints.any, outside);
}

/** Asks `source` once for each location. */
function once(source: ExternalData): ExternalData {
  const files = new Map<string, Uint8Array>();
  return (location) => {
    const file = files.get(location) ?? bytesIn(source(location));
    if (!file) throw new QuadlaneError('ARGUMENT', `externalData() must return the bytes of "${location}" at once`);
    files.set(location, file);
    return file;
  };
}

/**
 * The model as the file has it. Constants will be views of `bytes` where that is possible, so `bytes` must not change afterwards.
 * @throws QuadlaneError `FORMAT` for bytes that aren't an ONNX model
 */
export function readModel(bytes: Uint8Array): ModelProto {
  if (bytes.length === 0) throw new QuadlaneError('FORMAT', 'the ONNX file is empty; get the file again');
  return readModelProto(bytes);
}

function checkedParts(model: ModelProto): { graph: GraphProto; opset: number } {
  const { graph, opsets } = model;
  if (!graph || opsets.size === 0) {
    const missing = graph ? 'operator set versions' : 'a graph';
    throw new QuadlaneError(
      'FORMAT',
      `the ONNX file is cut short or not ONNX at all: it lacks ${missing}; get the file again`,
    );
  }
  const opset = opsets.get('') ?? 1;
  if (opset > NEWEST_OPSET) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `the model uses operator set ${opset}; quadlane knows those up to ${NEWEST_OPSET}: export it with opset_version=${NEWEST_OPSET} or less`,
    );
  }
  return { graph, opset };
}

function readInput(input: ValueInfoProto, complaints: Complaints): GraphInput {
  const { name, elemType = 0, shape } = input;
  const dtype = dtypeOf(elemType);
  if (!dtype) complaints.add(`inputs of type ${elementTypeName(elemType)}`, name);
  else if (!shape) complaints.add('inputs without a shape', name);
  // Throws for sizes that no tensor has.
  sizeOf((shape ?? []).map((size) => (typeof size === 'number' ? size : 1)));
  return {
    name,
    dtype: dtype ?? 'float32',
    shape: (shape ?? []).map((size, axis) => size ?? `${name}_dim_${axis}`),
  };
}

interface Importing extends Vocabulary {
  readonly opset: number;
  readonly model: ModelProto;
  readonly complaints: Complaints;
  readonly externalData: ExternalData | undefined;
  /** What the names of nodes begin with: the nodes that the graph is in. */
  readonly path: string;
}

/** What the file says of the types of a subgraph's outputs. */
function declaredTypes({ outputs }: GraphProto): (OpenType | undefined)[] {
  return outputs.map(({ elemType = 0, shape = [] }) => {
    const dtype = dtypeOf(elemType);
    return dtype && { dtype, shape: shape.map((size) => (typeof size === 'number' ? size : undefined)) };
  });
}

function importNode(node: NamedNode, graph: OnnxGraphBuilder, importing: Importing): void {
  const { importers, opset, model, complaints, externalData } = importing;
  const importer = importers.get(nameOf(node.proto));
  const operator = versioned(node.proto, model);
  if (!importer) {
    complaints.add(operator, node.name);
    complainOfSubgraphs(node, importers, model, complaints);
    return;
  }
  const read: ReadSubgraph = (proto, shapes) => {
    const inner = importGraph(proto, { ...importing, opset: own, path: `${node.name}/` }, { graph, shapes });
    const { outputs, nodes, constants } = inner;
    return { inputs: inner.inputs.map(({ name }) => name), outputs, nodes, constants, declared: declaredTypes(proto) };
  };
  const own = node.proto.opset ?? opset;
  const context = new NodeContext(node.proto, node.name, own, graph, externalData, read);
  try {
    importer(context);
    for (const name of context.unknownAttributes()) {
      complaints.add(`${operator} where it has an attribute "${name}", which that operator set hasn't`, node.name);
    }
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    if (error instanceof UnknownRank && complaints.any) return;
    complaints.add(`${operator} where ${error.message}`, node.name);
  }
}

/** Name and version of an operator. */
function versioned(node: NodeProto, { opsets }: ModelProto): string {
  return `${nameOf(node)} (opset ${opsets.get(node.domain) ?? 'unknown'})`;
}

/** Lists what is lacking in the branches and bodies of a node too. */
function complainOfSubgraphs(
  node: NamedNode,
  importers: Vocabulary['importers'],
  model: ModelProto,
  complaints: Complaints,
): void {
  const graphs = [...node.proto.attributes.values()].flatMap((attribute) => attribute.graphs);
  for (const { nodes, sparseInitializers } of graphs) {
    for (const name of sparseInitializers)
      complaints.add('sparse initializers (make them dense)', `${node.name}/${name}`);
    for (const [index, proto] of nodes.entries()) {
      const inner = { name: `${node.name}/${proto.name || `${proto.opType}_${index}`}`, proto };
      if (!importers.has(nameOf(proto))) complaints.add(versioned(proto, model), inner.name);
      complainOfSubgraphs(inner, importers, model, complaints);
    }
  }
}

/** What a file asks for that quadlane doesn't have, with the names of those that ask. */
class Complaints {
  private readonly found = new Map<string, string[]>();

  get any(): boolean {
    return this.found.size > 0;
  }

  add(what: string, name: string): void {
    const names = this.found.get(what);
    if (names) names.push(name);
    else this.found.set(what, [name]);
  }

  throwIfAny(): void {
    if (!this.any) return;
    const lines = [...this.found].map(([what, names]) => {
      const listed = names.slice(0, MOST_NODES_LISTED).map((name) => `"${name}"`);
      const more = names.length - listed.length;
      return `  ${what}: ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    });
    const more = lines.length - MOST_COMPLAINTS_LISTED;
    if (more > 0) lines.splice(MOST_COMPLAINTS_LISTED, more, `  and ${more} more kinds`);
    throw new QuadlaneError(
      'UNSUPPORTED',
      `the ONNX model needs what quadlane doesn't have; replace these before export:`,
      { lines },
    );
  }
}

function finish(
  graph: OnnxGraphBuilder,
  inputs: readonly GraphInput[],
  proto: GraphProto,
  isIncomplete: boolean,
  outside: readonly string[],
): Graph {
  const outputs = proto.outputs.map(({ name }) => name);
  const nodes = proto.outputs.reduce(
    (written, output) => castOutput(graph, written, output),
    graph.nodes as readonly Node[],
  );
  const used = new Set([...outputs, ...nodes.flatMap((node) => node.inputs)]);
  const there = new Set([
    ...['', ...outside, ...inputs.map(({ name }) => name)],
    ...graph.constants.keys(),
    ...nodes.flatMap((node) => node.outputs),
  ]);
  for (const name of used) {
    if (isIncomplete || there.has(name)) continue;
    const writer = proto.nodes.find((node) => node.outputs.includes(name));
    throw unsound(`"${name}" is read, but its ${writer?.opType ?? 'node'} "${writer?.name ?? ''}" has no such output`);
  }
  const constants = new Map([...graph.constants].filter(([name]) => used.has(name)));
  return { dialect: graph.dialect, inputs, outputs, nodes, constants };
}

/** The nodes with a cast to the type that the file declares for an output, where that is one that nothing computes in. */
function castOutput(
  graph: OnnxGraphBuilder,
  nodes: readonly Node[],
  { name, elemType = 0 }: ValueInfoProto,
): readonly Node[] {
  const to = dtypeOf(elemType);
  if ((to !== 'float16' && to !== 'float64') || !nodes.some(({ outputs }) => outputs.includes(name))) return nodes;
  const inner = graph.freshName(`${name}/uncast`);
  const renamed = (value: string) => (value === name ? inner : value);
  const cast = { name: `${name}/cast`, op: 'cast', inputs: [inner], outputs: [name], attributes: { to } };
  return [
    ...nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) })),
    cast,
  ];
}

function unsound(what: string): QuadlaneError {
  return new QuadlaneError('FORMAT', `the ONNX file is not a sound graph: ${what}; export it again`);
}
