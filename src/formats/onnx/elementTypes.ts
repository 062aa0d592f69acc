// TensorProto.DataType: ONNX's numbers of the element types.

import { type DType, dtypes } from '../../tensor.js';

/** The numbers of the element types that quadlane has. */
export const elementCodes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** The upper halves of float32s, which weights may be. */
export const BFLOAT16 = 16;

/** Names of all of them, by their numbers; 0 is none. */
const names = (
  ' float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16 ' +
  'float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2'
).split(' ');

/** What ONNX calls the element type of this number. */
export function elementTypeName(dataType: number): string {
  return names[dataType] || `element type ${dataType}`;
}

/** The element type that ONNX calls `dataType`; undefined where there is none. */
export function dtypeOf(dataType: number): DType | undefined {
  return dtypes.find((dtype) => elementCodes[dtype] === dataType);
}
