// The network in a .safetensors file that model-writer.ts has written, read from bytes that nobody vouches for.

import { QuadlaneError } from '../../errors.js';
import { requireNodeInputs } from '../../graph/builder.js';
import type { Dialect, Dimension, Graph, GraphInput, ModelMetadata, Node } from '../../graph/graph.js';
import type { Attributes } from '../../ops/operator.js';
import { sizeOf } from '../../shape.js';
import type { DType, Tensor } from '../../tensor.js';
import { attributeKind, kindsOfValue } from './attribute-kinds.js';
import { nameOf } from './element-types.js';
import { damaged, readHeader } from './header.js';
import { FORMAT_KEY, FORMAT_VERSION, GRAPH_KEY, NUMBER_KEY } from './model-format.js';
import { readTensors } from './reader.js';

/** A network whose operators are names yet. */
export type NamedNetwork = Omit<Graph, 'dialect'>;

/**
 * The network of a .safetensors file. Constants are views of `bytes` where that is possible, so `bytes` must not change
 * afterwards.
 * @throws QuadlaneError `FORMAT` for damaged files and for those that hold weights without a network, `UNSUPPORTED` for
 * those that a later version wrote
 */
export function readNetwork(bytes: Uint8Array): NamedNetwork {
  const header = readHeader(bytes);
  const version = header.metadata.get(FORMAT_KEY);
  const text = header.metadata.get(GRAPH_KEY);
  if (version === undefined || text === undefined) {
    throw new QuadlaneError(
      'FORMAT',
      `this .safetensors file holds weights (${header.entries.length} tensors) but no network; read them with readSafetensors() and give them to a network as its weights`,
    );
  }
  if (Number(version) > FORMAT_VERSION) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `a later version of quadlane wrote this model (format ${version}): update quadlane`,
    );
  }
  if (version !== String(FORMAT_VERSION)) throw damaged(`it has the model format "${version}"`);
  let plain: unknown;
  try {
    plain = JSON.parse(text, exactNumbers);
  } catch (cause) {
    throw damaged('its graph is not JSON', cause);
  }
  const graph = readGraph(plain, readTensors(bytes, header));
  checkValues(graph);
  return graph;
}

function exactNumbers(_key: string, value: unknown): unknown {
  const text = isRecord(value) && Object.keys(value).length === 1 ? value[NUMBER_KEY] : undefined;
  return typeof text === 'string' ? Number(text) : value;
}

function readGraph(value: unknown, constants: ReadonlyMap<string, Tensor>): NamedNetwork {
  const { inputs, outputs, nodes, metadata } = recordOf(value, 'its graph');
  return {
    inputs: listOf(inputs, 'the inputs of its graph').map(readInput),
    outputs: textsOf(outputs, 'the outputs of its graph'),
    nodes: listOf(nodes, 'the nodes of its graph').map(readNode),
    constants,
    ...(metadata !== undefined && { metadata: readMetadata(metadata) }),
  };
}

function readMetadata(value: unknown): ModelMetadata {
  const { properties, ...said } = recordOf(value, 'its metadata');
  const entries = Object.entries(recordOf(properties, 'the properties of its metadata'));
  for (const [name, property] of entries) textOf(property, `property "${name}" of its metadata`);
  const { version, ...texts } = said;
  if (version !== undefined && typeof version !== 'number') throw damaged('the version in its metadata is no number');
  for (const [name, text] of Object.entries(texts)) textOf(text, `"${name}" in its metadata`);
  return { ...said, properties: Object.fromEntries(entries) as Record<string, string> };
}

function readInput(value: unknown): GraphInput {
  const { name, dtype, shape } = recordOf(value, 'an input');
  const isDimension = (extent: unknown): extent is Dimension =>
    typeof extent === 'string' || (Number.isSafeInteger(extent) && (extent as number) >= 0);
  const sizes = listOf(shape, 'the shape of an input');
  if (typeof dtype !== 'string' || !Object.hasOwn(nameOf, dtype))
    throw damaged(`an input has the dtype ${JSON.stringify(dtype)}`);
  if (!sizes.every(isDimension)) throw damaged('an input has no sound shape');
  sizeOf(sizes.map((extent) => (typeof extent === 'string' ? 1 : extent)));
  return { name: textOf(name, 'the name of an input'), dtype: dtype as DType, shape: sizes };
}

function readNode(value: unknown): Node {
  const { name, op, inputs, outputs, attributes } = recordOf(value, 'a node');
  const named = textOf(name, 'the name of a node');
  const read = textsOf(inputs, `the inputs of "${named}"`);
  if (!read[0]) throw damaged(`"${named}" lacks its first input`);
  return {
    name: named,
    op: textOf(op, `the operator of "${named}"`),
    inputs: read,
    outputs: textsOf(outputs, `the outputs of "${named}"`),
    attributes: readAttributes(attributes, named),
  };
}

function readAttributes(value: unknown, node: string): Attributes {
  const record = recordOf(value, `the attributes of "${node}"`);
  for (const [name, attribute] of Object.entries(record)) {
    const found = kindsOfValue(attribute);
    const wanted = attributeKind(name);
    if (found.length === 0)
      throw damaged(`attribute "${name}" of "${node}" is no number, text, truth value or list of numbers`);
    if (wanted && !found.includes(wanted))
      throw damaged(`attribute "${name}" of "${node}" is ${found[0]} instead of ${wanted}`);
    if ((name === 'dtype' || name === 'to') && !Object.hasOwn(nameOf, attribute as string)) {
      throw damaged(`attribute "${name}" of "${node}" is no element type`);
    }
  }
  return record as Attributes;
}

/** Names of the operators of `network` that `dialect` lacks. */
export function unknownOperators({ nodes }: NamedNetwork, { operators }: Dialect): string[] {
  return [...new Set(nodes.map(({ op }) => op))].filter((op) => !(op in operators));
}

/**
 * The network in a dialect.
 * @throws QuadlaneError `UNSUPPORTED` listing the operators that the dialect lacks, `FORMAT` for a node without an input that
 * its operator needs
 */
export function writtenIn(network: NamedNetwork, dialect: Dialect): Graph {
  const unknown = unknownOperators(network, dialect);
  if (unknown.length === 0) {
    for (const node of network.nodes) requireNodeInputs(dialect.operators[node.op], node);
    return { dialect, ...network };
  }
  throw new QuadlaneError(
    'UNSUPPORTED',
    `the model uses operators that this version of quadlane lacks: ${unknown.join(', ')}`,
  );
}

/** Every value has one origin, and is there before it is read. */
function checkValues({ inputs, outputs, nodes, constants }: NamedNetwork): void {
  const known = new Set(constants.keys());
  const define = (name: string) => {
    if (known.has(name)) throw damaged(`value "${name}" has two origins`);
    known.add(name);
  };
  const read = (name: string, reader: string) => {
    if (!known.has(name)) throw damaged(`${reader} reads "${name}", which nothing before it provides`);
  };
  if ([...constants.keys(), ...inputs.map(({ name }) => name), ...outputs].includes('')) {
    throw damaged('an input, output or constant has no name');
  }
  for (const { name } of inputs) define(name);
  for (const node of nodes) {
    for (const name of node.inputs) if (name !== '') read(name, `"${node.name}"`);
    for (const name of node.outputs) if (name !== '') define(name);
  }
  for (const name of outputs) read(name, 'the caller');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (!isRecord(value)) throw damaged(`${what} is no object`);
  return value;
}

function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw damaged(`${what} is no list`);
  return value;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw damaged(`${what} is no text`);
  return value;
}

function textsOf(value: unknown, what: string): string[] {
  return listOf(value, what).map((entry) => textOf(entry, what));
}
