// The messages of an ONNX file as plain objects, with the names that onnx.proto gives them. Nothing is interpreted here:
// tensors keep their bytes. A message that stands twice where one belongs is merged, as protobuf's encoding says.

import {
  attributeFields,
  attributeTypes,
  dimensionFields,
  EXTERNAL,
  entryFields,
  functionFields,
  graphFields,
  modelFields,
  nodeFields,
  opsetFields,
  shapeFields,
  sparseTensorFields,
  tensorFields,
  tensorTypeFields,
  typeFields,
  valueInfoFields,
} from './fields.js';
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
  strings: string[];
  /** Subgraphs: branches and bodies. */
  graphs: GraphProto[];
  /** In a function, the attribute of its call whose value this is. */
  reference?: string;
  /** Kinds that quadlane has no use for: graphs, sparse tensors, types. */
  unsupportedKind?: string;
}

export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  /** Tells functions of one name apart. */
  overload: string;
  /** The version of its operator set where that isn't the model's: inside functions. */
  opset?: number;
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
  name?: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
  /** Names of constants that few elements of are stored. */
  sparseInitializers: string[];
}

/** A function that nodes of this domain and name call. */
export interface FunctionProto {
  name: string;
  domain: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  /** Attributes that calls may leave out. */
  defaults: Map<string, AttributeProto>;
  nodes: NodeProto[];
  opsets: Map<string, number>;
}

export interface ModelProto {
  graph?: GraphProto;
  /** Version of each operator set by its domain; the default domain is ''. */
  opsets: Map<string, number>;
  functions: FunctionProto[];
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: number;
  docString?: string;
  /** What the file's makers noted, by name. */
  metadata: Map<string, string>;
}

/**
 * Reads the bytes of an ONNX file. Tensor data are views of `bytes`.
 * @throws QuadlaneError `FORMAT` for bytes that aren't a sound ModelProto
 */
export function readModelProto(bytes: Uint8Array): ModelProto {
  const message = Message.over(bytes, 'the model');
  const model: ModelProto = { opsets: new Map(), functions: [], metadata: new Map() };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === modelFields.graph) model.graph = readGraph(message.message('the graph'), model.graph);
    else if (field === modelFields.opsetImport) readOpset(message.message('an opset import'), model.opsets);
    else if (field === modelFields.functions) model.functions.push(readFunction(message.message('a function')));
    else if (field === modelFields.producerName) model.producerName = message.text();
    else if (field === modelFields.producerVersion) model.producerVersion = message.text();
    else if (field === modelFields.domain) model.domain = message.text();
    else if (field === modelFields.modelVersion) model.modelVersion = message.integer();
    else if (field === modelFields.docString) model.docString = message.text();
    else if (field === modelFields.metadataProps) readEntry(message.message('a property'), model.metadata);
  }
  return model;
}

function readFunction(message: Message): FunctionProto {
  const own: FunctionProto = {
    name: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    defaults: new Map(),
    nodes: [],
    opsets: new Map(),
  };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === functionFields.name) own.name = message.text();
    else if (field === functionFields.input) own.inputs.push(message.text());
    else if (field === functionFields.output) own.outputs.push(message.text());
    else if (field === functionFields.node) own.nodes.push(readNode(message.message('a node')));
    else if (field === functionFields.opsetImport) readOpset(message.message('an opset import'), own.opsets);
    else if (field === functionFields.domain) own.domain = plainDomain(message.text());
    else if (field === functionFields.overload) own.overload = message.text();
    else if (field === functionFields.attributeProto) {
      const attribute = readAttribute(message.message('an attribute'));
      own.defaults.set(attribute.name, attribute);
    }
  }
  return own;
}

/** The default domain has two spellings. */
function plainDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readOpset(message: Message, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === opsetFields.domain) domain = message.text();
    else if (field === opsetFields.version) version = message.integer();
  }
  opsets.set(plainDomain(domain), version);
}

const emptyGraph = (): GraphProto => ({
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  valueInfo: [],
  sparseInitializers: [],
});

/** @param graph what is read already, where the message stands more than once */
function readGraph(message: Message, graph = emptyGraph()): GraphProto {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === graphFields.name) graph.name = message.text();
    else if (field === graphFields.node) graph.nodes.push(readNode(message.message('a node')));
    else if (field === graphFields.initializer)
      graph.initializers.push(readTensorProto(message.message('an initializer')));
    else if (field === graphFields.input) graph.inputs.push(readValueInfo(message.message('a graph input')));
    else if (field === graphFields.output) graph.outputs.push(readValueInfo(message.message('a graph output')));
    else if (field === graphFields.valueInfo) graph.valueInfo.push(readValueInfo(message.message('a value type')));
    else if (field === graphFields.sparseInitializer)
      graph.sparseInitializers.push(readSparseName(message.message('a sparse initializer')));
  }
  return graph;
}

function readNode(message: Message): NodeProto {
  const node: NodeProto = {
    name: '',
    opType: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    attributes: new Map(),
  };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === nodeFields.input) node.inputs.push(message.text());
    else if (field === nodeFields.output) node.outputs.push(message.text());
    else if (field === nodeFields.name) node.name = message.text();
    else if (field === nodeFields.opType) node.opType = message.text();
    else if (field === nodeFields.attribute) {
      const attribute = readAttribute(message.message('an attribute'));
      node.attributes.set(attribute.name, attribute);
    } else if (field === nodeFields.domain) node.domain = plainDomain(message.text());
    else if (field === nodeFields.overload) node.overload = message.text();
  }
  return node;
}

const unsupportedKinds: Record<number, string> = {
  [attributeFields.g]: 'a subgraph',
  [attributeFields.tensors]: 'a list of tensors',
  [attributeFields.graphs]: 'a list of subgraphs',
  [attributeFields.tp]: 'a type',
  [attributeFields.typeProtos]: 'a list of types',
  [attributeFields.sparseTensor]: 'a sparse tensor',
  [attributeFields.sparseTensors]: 'a list of sparse tensors',
};

function readAttribute(message: Message): AttributeProto {
  const attribute: AttributeProto = { name: '', ints: [], floats: [], strings: [], graphs: [] };
  const single: bigint[] = [];
  let kind = 0;
  let graph: GraphProto | undefined;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === attributeFields.name) attribute.name = message.text();
    else if (field === attributeFields.f) attribute.f = message.float();
    else if (field === attributeFields.i) message.bigIntegers(single);
    else if (field === attributeFields.s) attribute.s = message.text();
    else if (field === attributeFields.t)
      attribute.t = readTensorProto(message.message('a tensor attribute'), attribute.t);
    else if (field === attributeFields.floats) message.floats(attribute.floats);
    else if (field === attributeFields.ints) message.bigIntegers(attribute.ints);
    else if (field === attributeFields.strings) attribute.strings.push(message.text());
    else if (field === attributeFields.refAttrName) attribute.reference = message.text();
    else if (field === attributeFields.type) kind = message.integer();
    else {
      attribute.unsupportedKind = unsupportedKinds[field] ?? attribute.unsupportedKind;
      if (field === attributeFields.g) graph = readGraph(message.message('a subgraph'), graph);
      else if (field === attributeFields.graphs) attribute.graphs.push(readGraph(message.message('a subgraph')));
    }
  }
  if (graph) attribute.graphs.push(graph);
  attribute.i = single.pop();
  if (kind === attributeTypes.float) attribute.f ??= 0;
  if (kind === attributeTypes.int) attribute.i ??= 0n;
  if (kind === attributeTypes.string) attribute.s ??= '';
  return attribute;
}

/** The name of a SparseTensorProto is that of its values. */
function readSparseName(message: Message): string {
  let values: TensorProto | undefined;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === sparseTensorFields.values) values = readTensorProto(message.message('sparse values'), values);
  }
  return values?.name ?? '';
}

const emptyTensor = (): TensorProto => ({
  name: '',
  dims: [],
  dataType: 0,
  floatData: [],
  int32Data: [],
  int64Data: [],
  doubleData: [],
});

/**
 * Reads one TensorProto, as initializers and the `.pb` files beside models hold them.
 * @param tensor what is read already, where the message stands more than once
 */
export function readTensorProto(message: Message, tensor = emptyTensor()): TensorProto {
  let entries = tensor.external;
  let isExternal = entries !== undefined;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === tensorFields.dims) message.integers(tensor.dims);
    else if (field === tensorFields.dataType) tensor.dataType = message.integer();
    else if (field === tensorFields.floatData) message.floats(tensor.floatData);
    else if (field === tensorFields.int32Data) message.integers(tensor.int32Data);
    else if (field === tensorFields.int64Data) message.bigIntegers(tensor.int64Data);
    else if (field === tensorFields.name) tensor.name = message.text();
    else if (field === tensorFields.rawData) tensor.rawData = message.bytes();
    else if (field === tensorFields.doubleData) message.doubles(tensor.doubleData);
    else if (field === tensorFields.externalData) {
      entries ??= new Map();
      readEntry(message.message('an external data entry'), entries);
    } else if (field === tensorFields.dataLocation) isExternal = message.integer() === EXTERNAL;
  }
  if (isExternal) tensor.external = entries ?? new Map();
  else delete tensor.external;
  return tensor;
}

/** Reads a StringStringEntryProto. */
function readEntry(message: Message, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === entryFields.key) key = message.text();
    else if (field === entryFields.value) value = message.text();
  }
  entries.set(key, value);
}

function readValueInfo(message: Message): ValueInfoProto {
  const value: ValueInfoProto = { name: '' };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === valueInfoFields.name) value.name = message.text();
    else if (field === valueInfoFields.type) readType(message.message('a type'), value);
  }
  return value;
}

function readType(message: Message, value: ValueInfoProto): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field !== typeFields.tensorType) continue;
    const tensor = message.message('a tensor type');
    for (let part = tensor.next(); part !== 0; part = tensor.next()) {
      if (part === tensorTypeFields.elemType) value.elemType = tensor.integer();
      else if (part === tensorTypeFields.shape) {
        value.shape ??= [];
        readShape(tensor.message('a shape'), value.shape);
      }
    }
  }
}

function readShape(message: Message, shape: (number | string | undefined)[]): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field !== shapeFields.dim) continue;
    const dimension = message.message('a dimension');
    let size: number | string | undefined;
    for (let part = dimension.next(); part !== 0; part = dimension.next()) {
      if (part === dimensionFields.dimValue) size = dimension.integer();
      else if (part === dimensionFields.dimParam) size = dimension.text() || undefined;
    }
    shape.push(typeof size === 'number' && size < 0 ? undefined : size);
  }
}
