// A graph of ONNX nodes as plain data -> the bytes of an ONNX file.

import { QuadlaneError } from '../../errors.js';
import type { Dimension } from '../../graph/graph.js';
import type { DType, Tensor } from '../../tensor.js';
import { MessageWriter } from './protobuf-writer.js';

/** One attribute, by its kind. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly tensor: Tensor };

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
}

/** ONNX's numbers of the element types. */
export const elementCodes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
};

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
  out.integer(1, irVersions.filter(([, first]) => first <= model.opset).at(-1)![0]);
  out.text(2, 'quadlane');
  out.message(7, (graph) => writeGraph(graph, model));
  out.message(8, (opset) => opset.integer(2, model.opset));
  return out.finish();
}

function writeGraph(out: MessageWriter, { nodes, inputs, outputs, initializers }: OnnxModel): void {
  for (const node of nodes) out.message(1, (message) => writeNode(message, node));
  out.text(2, 'quadlane');
  for (const [name, tensor] of initializers) out.message(5, (message) => writeTensor(message, name, tensor));
  for (const input of inputs) out.message(11, (message) => writeValue(message, input));
  for (const output of outputs) out.message(12, (message) => writeValue(message, output));
}

function writeNode(out: MessageWriter, { name, op, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) out.text(1, input);
  for (const output of outputs) out.text(2, output);
  out.text(3, name);
  out.text(4, op);
  for (const [key, value] of Object.entries(attributes)) {
    out.message(5, (message) => writeAttribute(message, key, value));
  }
}

function writeAttribute(out: MessageWriter, name: string, value: OnnxAttribute): void {
  out.text(1, name);
  let kind: number;
  if ('float' in value) {
    out.float(2, value.float);
    kind = 1;
  } else if ('int' in value) {
    out.integer(3, value.int);
    kind = 2;
  } else if ('text' in value) {
    out.text(4, value.text);
    kind = 3;
  } else if ('tensor' in value) {
    out.message(5, (message) => writeTensor(message, '', value.tensor));
    kind = 4;
  } else {
    for (const entry of value.ints) out.integer(8, entry);
    kind = 7;
  }
  out.integer(20, kind);
}

function writeTensor(out: MessageWriter, name: string, { dtype, shape, data }: Tensor): void {
  for (const extent of shape) out.integer(1, extent);
  out.integer(2, elementCodes[dtype]);
  out.text(8, name);
  out.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(out: MessageWriter, { name, type }: OnnxValue): void {
  out.text(1, name);
  if (type) out.message(2, (message) => message.message(1, (tensor) => writeTensorType(tensor, type)));
}

function writeTensorType(out: MessageWriter, { dtype, shape }: OnnxType): void {
  out.integer(1, elementCodes[dtype]);
  out.message(2, (message) => {
    for (const extent of shape) message.message(1, (dimension) => writeDimension(dimension, extent));
  });
}

function writeDimension(out: MessageWriter, extent: Dimension): void {
  if (typeof extent === 'number') out.integer(1, extent);
  else out.text(2, extent);
}
