// A graph of ONNX nodes as plain data -> the bytes of an ONNX file.

import { PbfWriter } from 'pbf';
import { QuadlaneError } from '../../errors.js';
import type { Dimension } from '../../graph/graph.js';
import type { DType, Tensor } from '../../tensor.js';

/** One attribute, by its kind. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
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
  const out = new PbfWriter();
  out.writeVarintField(1, irVersions.filter(([, first]) => first <= model.opset).at(-1)![0]);
  out.writeStringField(2, 'quadlane');
  out.writeMessage(7, writeGraph, model);
  out.writeMessage(8, (opset, pbf) => pbf.writeVarintField(2, opset), model.opset);
  return out.finish();
}

function writeGraph({ nodes, inputs, outputs, initializers }: OnnxModel, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'quadlane');
  for (const initializer of initializers) pbf.writeMessage(5, writeTensor, initializer);
  for (const input of inputs) pbf.writeMessage(11, writeValue, input);
  for (const output of outputs) pbf.writeMessage(12, writeValue, output);
}

function writeNode({ name, op, inputs, outputs, attributes }: OnnxNode, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  for (const output of outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, name);
  pbf.writeStringField(4, op);
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute);
}

function writeAttribute([name, value]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  let kind: number;
  if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    kind = 1;
  } else if ('int' in value) {
    pbf.writeVarintField(3, value.int);
    kind = 2;
  } else if ('text' in value) {
    pbf.writeStringField(4, value.text);
    kind = 3;
  } else if ('tensor' in value) {
    pbf.writeMessage(5, writeTensor, ['', value.tensor] as [string, Tensor]);
    kind = 4;
  } else if ('floats' in value) {
    for (const entry of value.floats) pbf.writeFloatField(7, entry);
    kind = 6;
  } else {
    for (const entry of value.ints) pbf.writeVarintField(8, entry);
    kind = 7;
  }
  pbf.writeVarintField(20, kind);
}

function writeTensor([name, { dtype, shape, data }]: [string, Tensor], pbf: PbfWriter): void {
  for (const extent of shape) pbf.writeVarintField(1, extent);
  pbf.writeVarintField(2, elementCodes[dtype]);
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue({ name, type }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (type) pbf.writeMessage(2, (_, message) => message.writeMessage(1, writeTensorType, type), type);
}

function writeTensorType({ dtype, shape }: OnnxType, pbf: PbfWriter): void {
  pbf.writeVarintField(1, elementCodes[dtype]);
  pbf.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly Dimension[], pbf: PbfWriter): void {
  for (const extent of shape) pbf.writeMessage(1, writeDimension, extent);
}

function writeDimension(extent: Dimension, pbf: PbfWriter): void {
  if (typeof extent === 'number') pbf.writeVarintField(1, extent);
  else pbf.writeStringField(2, extent);
}
