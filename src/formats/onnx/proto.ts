// The messages of an ONNX file as plain objects, with the names that onnx.proto gives them. Nothing is interpreted here:
// tensors keep their bytes, subgraphs are noted but not read.

import { Message } from './protobuf.js';

/** A stored tensor; at most one of the data fields is filled. */
export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  rawData?: Uint8Array;
  floatData: number[];
  int32Data: number[];
  int64Data: bigint[];
  doubleData: number[];
  /** Where external data lies: `location`, `offset`, `length`. */
  external?: Map<string, string>;
}

/** One attribute: whichever of the fields its kind uses, zero where a writer left a zero out. */
export interface AttributeProto {
  name: string;
  i?: bigint;
  f?: number;
  s?: string;
  t?: TensorProto;
  ints: bigint[];
  floats: number[];
  /** Kinds that quadlane has no use for: graphs, strings, sparse tensors, types. */
  unsupportedKind?: string;
}

export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, AttributeProto>;
}

/** Name and type of a value; no `shape` where the rank isn't known. */
export interface ValueInfoProto {
  name: string;
  elemType?: number;
  /** Sizes, names of sizes, or undefined for neither. */
  shape?: (number | string | undefined)[];
}

export interface GraphProto {
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
  hasSparseInitializers: boolean;
}

export interface ModelProto {
  graph?: GraphProto;
  /** Version of each operator set by its domain; the default domain is ''. */
  opsets: Map<string, number>;
}

/**
 * Reads the bytes of an ONNX file. Tensor data are views of `bytes`.
 * @throws QuadlaneError `FORMAT` for bytes that aren't a sound ModelProto
 */
export function readModelProto(bytes: Uint8Array): ModelProto {
  const message = Message.over(bytes, 'the model');
  const model: ModelProto = { opsets: new Map() };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 7) model.graph = readGraph(message.message('the graph'));
    else if (field === 8) readOpset(message.message('an opset import'), model.opsets);
  }
  return model;
}

/** The default domain has two spellings. */
function plainDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readOpset(message: Message, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) domain = message.text();
    else if (field === 2) version = message.integer();
  }
  opsets.set(plainDomain(domain), version);
}

function readGraph(message: Message): GraphProto {
  const graph: GraphProto = {
    nodes: [],
    initializers: [],
    inputs: [],
    outputs: [],
    valueInfo: [],
    hasSparseInitializers: false,
  };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) graph.nodes.push(readNode(message.message('a node')));
    else if (field === 5) graph.initializers.push(readTensorProto(message.message('an initializer')));
    else if (field === 11) graph.inputs.push(readValueInfo(message.message('a graph input')));
    else if (field === 12) graph.outputs.push(readValueInfo(message.message('a graph output')));
    else if (field === 13) graph.valueInfo.push(readValueInfo(message.message('a value type')));
    else if (field === 15) graph.hasSparseInitializers = true;
  }
  return graph;
}

function readNode(message: Message): NodeProto {
  const node: NodeProto = { name: '', opType: '', domain: '', inputs: [], outputs: [], attributes: new Map() };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) node.inputs.push(message.text());
    else if (field === 2) node.outputs.push(message.text());
    else if (field === 3) node.name = message.text();
    else if (field === 4) node.opType = message.text();
    else if (field === 5) {
      const attribute = readAttribute(message.message('an attribute'));
      node.attributes.set(attribute.name, attribute);
    } else if (field === 7) node.domain = plainDomain(message.text());
  }
  return node;
}

/** AttributeProto.type */
const FLOAT = 1;
const INTEGER = 2;
const TEXT = 3;

const unsupportedKinds: Record<number, string> = {
  6: 'a subgraph',
  9: 'strings',
  10: 'a list of tensors',
  11: 'a list of subgraphs',
  14: 'a type',
  15: 'a list of types',
  22: 'a sparse tensor',
  23: 'a list of sparse tensors',
};

function readAttribute(message: Message): AttributeProto {
  const attribute: AttributeProto = { name: '', ints: [], floats: [] };
  const single: bigint[] = [];
  let kind = 0;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) attribute.name = message.text();
    else if (field === 2) attribute.f = message.float();
    else if (field === 3) message.bigIntegers(single);
    else if (field === 4) attribute.s = message.text();
    else if (field === 5) attribute.t = readTensorProto(message.message('a tensor attribute'));
    else if (field === 7) message.floats(attribute.floats);
    else if (field === 8) message.bigIntegers(attribute.ints);
    else if (field === 20) kind = message.integer();
    else attribute.unsupportedKind = unsupportedKinds[field] ?? attribute.unsupportedKind;
  }
  attribute.i = single.pop();
  if (kind === FLOAT) attribute.f ??= 0;
  if (kind === INTEGER) attribute.i ??= 0n;
  if (kind === TEXT) attribute.s ??= '';
  return attribute;
}

/** Reads one TensorProto, as initializers and the `.pb` files beside models hold them. */
export function readTensorProto(message: Message): TensorProto {
  const tensor: TensorProto = {
    name: '',
    dims: [],
    dataType: 0,
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
  };
  let entries: Map<string, string> | undefined;
  let isExternal = false;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) message.integers(tensor.dims);
    else if (field === 2) tensor.dataType = message.integer();
    else if (field === 4) message.floats(tensor.floatData);
    else if (field === 5) message.integers(tensor.int32Data);
    else if (field === 7) message.bigIntegers(tensor.int64Data);
    else if (field === 8) tensor.name = message.text();
    else if (field === 9) tensor.rawData = message.bytes();
    else if (field === 10) message.doubles(tensor.doubleData);
    else if (field === 13) {
      entries ??= new Map();
      readEntry(message.message('an external data entry'), entries);
    } else if (field === 14) isExternal = message.integer() === 1;
  }
  if (isExternal) tensor.external = entries ?? new Map();
  return tensor;
}

function readEntry(message: Message, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) key = message.text();
    else if (field === 2) value = message.text();
  }
  entries.set(key, value);
}

function readValueInfo(message: Message): ValueInfoProto {
  const value: ValueInfoProto = { name: '' };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) value.name = message.text();
    else if (field === 2) readType(message.message('a type'), value);
  }
  return value;
}

function readType(message: Message, value: ValueInfoProto): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field !== 1) continue;
    const tensor = message.message('a tensor type');
    for (let part = tensor.next(); part !== 0; part = tensor.next()) {
      if (part === 1) value.elemType = tensor.integer();
      else if (part === 2) value.shape = readShape(tensor.message('a shape'));
    }
  }
}

function readShape(message: Message): (number | string | undefined)[] {
  const shape: (number | string | undefined)[] = [];
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field !== 1) continue;
    const dimension = message.message('a dimension');
    let size: number | string | undefined;
    for (let part = dimension.next(); part !== 0; part = dimension.next()) {
      if (part === 1) size = dimension.integer();
      else if (part === 2) size = dimension.text() || undefined;
    }
    shape.push(typeof size === 'number' && size < 0 ? undefined : size);
  }
  return shape;
}
