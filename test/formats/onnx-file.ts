// Writes small ONNX files for tests: plain objects in, the bytes of a ModelProto out. Integer attributes that are zero are
// left out, as proto3 writers do.
import { PbfWriter } from 'pbf';

export interface TensorSpec {
  name?: string;
  dims?: number[];
  dataType: number;
  raw?: Uint8Array;
  floats?: number[];
  integers?: number[];
  doubles?: number[];
  /** Already encoded int64_data. */
  encodedInt64?: Uint8Array;
  external?: Record<string, string>;
}

type AttributeSpec =
  | number
  | string
  | number[]
  | { float: number }
  | { floats: number[] }
  | TensorSpec
  | { graph: true | ModelSpec };

export interface NodeSpec {
  op: string;
  domain?: string;
  name?: string;
  inputs?: string[];
  outputs: string[];
  attributes?: Record<string, AttributeSpec>;
}

export interface ValueSpec {
  name: string;
  type?: number;
  shape?: (number | string | undefined)[];
}

export interface ModelSpec {
  opset?: number;
  domains?: Record<string, number>;
  nodes?: NodeSpec[];
  inputs?: ValueSpec[];
  /** Names, or values with their types. */
  outputs?: (string | ValueSpec)[];
  initializers?: TensorSpec[];
  /** Names of sparse initializers. */
  sparse?: string[];
  /** What the file says of itself: texts by the numbers of ModelProto's fields, and its properties. */
  said?: { texts?: Record<number, string>; version?: number; properties?: Record<string, string> };
}

const FLOAT = 1;

export function onnxFile(spec: ModelSpec): Uint8Array {
  const out = new PbfWriter();
  out.writeVarintField(1, 8);
  out.writeMessage(7, writeGraph, spec);
  const opsets = { '': spec.opset ?? 13, ...spec.domains };
  for (const [domain, version] of Object.entries(opsets)) {
    out.writeMessage(
      8,
      (_, pbf) => {
        pbf.writeStringField(1, domain);
        pbf.writeVarintField(2, version);
      },
      spec,
    );
  }
  const { texts = {}, version, properties = {} } = spec.said ?? {};
  for (const [field, text] of Object.entries(texts)) out.writeStringField(Number(field), text);
  if (version !== undefined) out.writeVarintField(5, version);
  for (const entry of Object.entries(properties)) {
    out.writeMessage(
      14,
      ([key, value], pbf) => {
        pbf.writeStringField(1, key);
        pbf.writeStringField(2, value);
      },
      entry,
    );
  }
  return out.finish().slice();
}

function writeGraph(spec: ModelSpec, pbf: PbfWriter): void {
  for (const node of spec.nodes ?? []) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'graph');
  for (const tensor of spec.initializers ?? []) pbf.writeMessage(5, writeTensor, tensor);
  for (const name of spec.sparse ?? []) {
    pbf.writeMessage(15, (_, sparse) => sparse.writeMessage(1, writeTensor, { name, dataType: 1 }), name);
  }
  for (const value of spec.inputs ?? []) pbf.writeMessage(11, writeValue, value);
  for (const output of spec.outputs ?? []) {
    pbf.writeMessage(12, writeValue, typeof output === 'string' ? { name: output } : output);
  }
}

function writeNode(node: NodeSpec, pbf: PbfWriter): void {
  for (const name of node.inputs ?? []) pbf.writeStringField(1, name);
  for (const name of node.outputs) pbf.writeStringField(2, name);
  if (node.name) pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.op);
  for (const attribute of Object.entries(node.attributes ?? {})) pbf.writeMessage(5, writeAttribute, attribute);
  if (node.domain) pbf.writeStringField(7, node.domain);
}

function writeAttribute([name, value]: [string, AttributeSpec], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  let kind: number;
  if (typeof value === 'number') {
    if (value !== 0) pbf.writeVarintField(3, value);
    kind = 2;
  } else if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    kind = 3;
  } else if (Array.isArray(value)) {
    for (const item of value) pbf.writeVarintField(8, item);
    kind = 7;
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    kind = 1;
  } else if ('graph' in value) {
    if (value.graph === true) pbf.writeBytesField(6, new Uint8Array(0));
    else pbf.writeMessage(6, writeGraph, value.graph);
    kind = 5;
  } else if ('dataType' in value) {
    pbf.writeMessage(5, writeTensor, value);
    kind = 4;
  } else {
    for (const item of value.floats) pbf.writeFloatField(7, item);
    kind = 6;
  }
  pbf.writeVarintField(20, kind);
}

function writeTensor(tensor: TensorSpec, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, tensor.dims ?? []);
  pbf.writeVarintField(2, tensor.dataType);
  pbf.writePackedFloat(4, tensor.floats ?? []);
  const integers = tensor.integers ?? [];
  if (tensor.encodedInt64) pbf.writeBytesField(7, tensor.encodedInt64);
  pbf.writePackedVarint(tensor.dataType === 7 ? 7 : 5, integers);
  if (tensor.name) pbf.writeStringField(8, tensor.name);
  if (tensor.raw) pbf.writeBytesField(9, tensor.raw);
  pbf.writePackedDouble(10, tensor.doubles ?? []);
  for (const entry of Object.entries(tensor.external ?? {})) {
    pbf.writeMessage(
      13,
      ([key, value], inner) => {
        inner.writeStringField(1, key);
        inner.writeStringField(2, value);
      },
      entry,
    );
  }
  if (tensor.external) pbf.writeVarintField(14, 1);
}

function writeValue(value: ValueSpec, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  const writeShape = (shape: NonNullable<ValueSpec['shape']>, target: PbfWriter) => {
    for (const size of shape) {
      target.writeMessage(
        1,
        (_, inner) => {
          if (typeof size === 'number') inner.writeVarintField(1, size);
          else if (size) inner.writeStringField(2, size);
        },
        size,
      );
    }
  };
  if (value.shape === undefined && value.type === undefined) return;
  pbf.writeMessage(
    2,
    (_, type) =>
      type.writeMessage(
        1,
        (_inner, tensor) => {
          tensor.writeVarintField(1, value.type ?? FLOAT);
          if (value.shape) tensor.writeMessage(2, writeShape, value.shape);
        },
        value,
      ),
    value,
  );
}

export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
