// The element types of .safetensors files.

import { type DType, dtypes } from '../../tensor.js';

/** What a file calls each of quadlane's element types. */
export const nameOf: Readonly<Record<DType, string>> = {
  float32: 'F32',
  int32: 'I32',
  int64: 'I64',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
  float16: 'F16',
  float64: 'F64',
};

/** The upper halves of float32s. */
export const BFLOAT16 = 'BF16';

/** Types by the bytes of one element. */
const byBytes: Readonly<Record<number, readonly string[]>> = {
  1: ['BOOL', 'U8', 'I8', 'F8_E4M3', 'F8_E5M2', 'F8_E8M0'],
  2: ['U16', 'I16', 'F16', 'BF16'],
  4: ['U32', 'I32', 'F32'],
  8: ['U64', 'I64', 'F64', 'C64'],
};

/** Bytes of one element; undefined for a name that the format doesn't know. */
export function storedBytes(name: unknown): number | undefined {
  const found = Object.entries(byBytes).find(([, names]) => names.includes(name as string));
  return found && Number(found[0]);
}

/** The element type that holds `name`'s elements, float32 for bfloat16; undefined where there is none. */
export function dtypeOf(name: string): DType | undefined {
  if (name === BFLOAT16) return 'float32';
  return dtypes.find((dtype) => nameOf[dtype] === name);
}
