// The numbers that onnx.proto gives the fields of its messages, by their names there: all that are read or written.

/** ModelProto. */
export const modelFields = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  domain: 4,
  modelVersion: 5,
  docString: 6,
  graph: 7,
  opsetImport: 8,
  metadataProps: 14,
  functions: 25,
} as const;

/** OperatorSetIdProto. */
export const opsetFields = { domain: 1, version: 2 } as const;

/** GraphProto. */
export const graphFields = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;

/** SparseTensorProto. */
export const sparseTensorFields = { values: 1 } as const;

/** NodeProto. */
export const nodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7, overload: 8 } as const;

/** FunctionProto. */
export const functionFields = {
  name: 1,
  input: 4,
  output: 5,
  node: 7,
  opsetImport: 9,
  domain: 10,
  attributeProto: 11,
  overload: 13,
} as const;

/** AttributeProto. */
export const attributeFields = {
  name: 1,
  f: 2,
  i: 3,
  s: 4,
  t: 5,
  g: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  tensors: 10,
  graphs: 11,
  tp: 14,
  typeProtos: 15,
  type: 20,
  refAttrName: 21,
  sparseTensor: 22,
  sparseTensors: 23,
} as const;

/** AttributeProto.AttributeType: the values of the attribute's field `type`. */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** TensorProto. */
export const tensorFields = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  externalData: 13,
  dataLocation: 14,
} as const;

/** TensorProto.DataLocation: the value of `dataLocation` that says the data lie in another file. */
export const EXTERNAL = 1;

/** StringStringEntryProto. */
export const entryFields = { key: 1, value: 2 } as const;

/** ValueInfoProto. */
export const valueInfoFields = { name: 1, type: 2 } as const;

/** TypeProto. */
export const typeFields = { tensorType: 1 } as const;

/** TypeProto.Tensor. */
export const tensorTypeFields = { elemType: 1, shape: 2 } as const;

/** TensorShapeProto. */
export const shapeFields = { dim: 1 } as const;

/** TensorShapeProto.Dimension. */
export const dimensionFields = { dimValue: 1, dimParam: 2 } as const;
