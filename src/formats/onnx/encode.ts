// A graph of ONNX nodes as plain data -> the bytes of an ONNX file.

import { QuadlaneError } from '../../errors.js';
import type { Dimension, ModelMetadata } from '../../graph/graph.js';
import type { DType, Tensor } from '../../tensor.js';
import type { OnnxAttribute } from './attributes.js';
import { elementCodes } from './elementTypes.js';
import {
  attributeFields,
  attributeTypes,
  dimensionFields,
  entryFields,
  graphFields,
  modelFields,
  nodeFields,
  opsetFields,
  shapeFields,
  tensorFields,
  tensorTypeFields,
  typeFields,
  valueInfoFields,
} from './fields.js';
import { MessageWriter } from './protobuf-writer.js';

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxType {
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
}

/** A graph's input or output; outputs may leave their type to be inferred. */
export interface OnnxValue {
  readonly name: string;
  readonly type?: OnnxType;
}

export interface OnnxModel {
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly metadata?: ModelMetadata | undefined;
}

/** Most bytes that a protobuf message may have. */
const LARGEST_FILE = 2 ** 31 - 1;

/** The first operator set of each version of the file format, from version 8 on. */
const irVersions: readonly (readonly [ir: number, opset: number])[] = [
  [8, 1],
  [9, 19],
  [10, 21],
];

/**
 * The bytes of an ONNX file.
 * @throws QuadlaneError `LIMIT` for more weights than one file can hold
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const weights = [...model.initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (weights > LARGEST_FILE) {
    throw new QuadlaneError(
      'LIMIT',
      `an ONNX file holds at most ${LARGEST_FILE} bytes, these weights have ${weights}: save the model with model.save() instead`,
    );
  }
  const out = new MessageWriter();
  out.integer(modelFields.irVersion, irVersions.filter(([, first]) => first <= model.opset).at(-1)![0]);
  out.text(modelFields.producerName, 'quadlane');
  const { domain, version, description, properties = {} } = model.metadata ?? {};
  if (domain) out.text(modelFields.domain, domain);
  if (version) out.integer(modelFields.modelVersion, version);
  if (description) out.text(modelFields.docString, description);
  out.message(modelFields.graph, (graph) => writeGraph(graph, model));
  out.message(modelFields.opsetImport, (opset) => opset.integer(opsetFields.version, model.opset));
  for (const [key, value] of Object.entries(properties)) {
    out.message(modelFields.metadataProps, (entry) => {
      entry.text(entryFields.key, key);
      entry.text(entryFields.value, value);
    });
  }
  return out.finish();
}

function writeGraph(out: MessageWriter, { nodes, inputs, outputs, initializers, metadata }: OnnxModel): void {
  for (const node of nodes) out.message(graphFields.node, (message) => writeNode(message, node));
  out.text(graphFields.name, metadata?.name ?? 'quadlane');
  for (const [name, tensor] of initializers)
    out.message(graphFields.initializer, (message) => writeTensor(message, name, tensor));
  for (const input of inputs) out.message(graphFields.input, (message) => writeValue(message, input));
  for (const output of outputs) out.message(graphFields.output, (message) => writeValue(message, output));
}

function writeNode(out: MessageWriter, { name, op, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) out.text(nodeFields.input, input);
  for (const output of outputs) out.text(nodeFields.output, output);
  out.text(nodeFields.name, name);
  out.text(nodeFields.opType, op);
  for (const [key, value] of Object.entries(attributes)) {
    out.message(nodeFields.attribute, (message) => writeAttribute(message, key, value));
  }
}

function writeAttribute(out: MessageWriter, name: string, value: OnnxAttribute): void {
  out.text(attributeFields.name, name);
  let kind: number;
  if ('float' in value) {
    out.float(attributeFields.f, value.float);
    kind = attributeTypes.float;
  } else if ('int' in value) {
    out.integer(attributeFields.i, value.int);
    kind = attributeTypes.int;
  } else if ('text' in value) {
    out.text(attributeFields.s, value.text);
    kind = attributeTypes.string;
  } else if ('tensor' in value) {
    out.message(attributeFields.t, (message) => writeTensor(message, '', value.tensor));
    kind = attributeTypes.tensor;
  } else if ('floats' in value) {
    for (const entry of value.floats) out.float(attributeFields.floats, entry);
    kind = attributeTypes.floats;
  } else if ('texts' in value) {
    for (const entry of value.texts) out.text(attributeFields.strings, entry);
    kind = attributeTypes.strings;
  } else {
    for (const entry of value.ints) out.integer(attributeFields.ints, entry);
    kind = attributeTypes.ints;
  }
  out.integer(attributeFields.type, kind);
}

function writeTensor(out: MessageWriter, name: string, { dtype, shape, data }: Tensor): void {
  for (const extent of shape) out.integer(tensorFields.dims, extent);
  out.integer(tensorFields.dataType, elementCodes[dtype]);
  out.text(tensorFields.name, name);
  out.bytes(tensorFields.rawData, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(out: MessageWriter, { name, type }: OnnxValue): void {
  out.text(valueInfoFields.name, name);
  if (!type) return;
  out.message(valueInfoFields.type, (message) =>
    message.message(typeFields.tensorType, (tensor) => writeTensorType(tensor, type)),
  );
}

function writeTensorType(out: MessageWriter, { dtype, shape }: OnnxType): void {
  out.integer(tensorTypeFields.elemType, elementCodes[dtype]);
  out.message(tensorTypeFields.shape, (message) => {
    for (const extent of shape) message.message(shapeFields.dim, (dimension) => writeDimension(dimension, extent));
  });
}

function writeDimension(out: MessageWriter, extent: Dimension): void {
  if (typeof extent === 'number') out.integer(dimensionFields.dimValue, extent);
  else out.text(dimensionFields.dimParam, extent);
}
