// The element types of .safetensors files.

import type { DType } from '../../tensor.js';

/** What a file calls each of quadlane's element types. */
export const nameOf: Readonly<Record<DType, string>> = {
  float32: 'F32',
  int32: 'I32',
  int64: 'I64',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

/** Types that are converted when they are read. */
const converted: Readonly<Record<string, DType>> = { F16: 'float32', BF16: 'float32', F64: 'float32' };

const own: ReadonlyMap<string, DType> = new Map([
  ...(Object.entries(nameOf) as [DType, string][]).map(([dtype, name]) => [name, dtype] as const),
  ...Object.entries(converted),
]);

/** Bytes of one element of each type that files may name. */
export const storedBytes: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1 },
    ...{ U16: 2, I16: 2, F16: 2, BF16: 2 },
    ...{ U32: 4, I32: 4, F32: 4 },
    ...{ U64: 8, I64: 8, F64: 8, C64: 8 },
  }),
);

/** The element type that holds `name`'s elements; undefined where there is none. */
export function dtypeOf(name: string): DType | undefined {
  return own.get(name);
}
