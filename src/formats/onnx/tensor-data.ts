// TensorProto -> Tensor: element types, typed data fields, raw and external bytes.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sizeOf } from '../../shape.js';
import {
  arrayOn,
  bytesPerElement,
  type DType,
  dtypes,
  newArray,
  Tensor,
  type TypedArray,
  tensorOver,
} from '../../tensor.js';
import { BFLOAT16, dtypeOf, elementTypeName } from './elementTypes.js';
import type { TensorProto } from './proto.js';

/** Bytes of a file that a model refers to by its location, relative to the model. */
export type ExternalData = (location: string) => Uint8Array;

const MAX_RANK = 64;

/**
 * The value of a stored tensor: over the file's bytes where it is stored as bytes, else a copy. bfloat16 becomes float32.
 * @throws QuadlaneError `FORMAT` when data and shape don't fit, `UNSUPPORTED` for other element types and for external
 * data without `externalData`
 */
export function readTensor(proto: TensorProto, externalData?: ExternalData): Tensor {
  const isShort = proto.dataType === BFLOAT16;
  const dtype = isShort ? 'float32' : dtypeOf(proto.dataType);
  if (dtype === undefined) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `tensor "${proto.name}" has ${elementTypeName(proto.dataType)} elements; convert the model to one of ${dtypes.join(', ')}`,
    );
  }
  const size = checkedSize(proto);
  const stored = isShort ? 2 : bytesPerElement(dtype);
  const raw = proto.external ? externalBytes(proto, proto.external, size * stored, externalData) : proto.rawData;
  if (raw) {
    if (raw.byteLength !== size * stored) throw mismatch(proto, `${size * stored} bytes`, `${raw.byteLength}`);
    return isShort ? widened(proto, new Uint16Array(new Uint8Array(raw).buffer)) : tensorOver(raw, dtype, proto.dims);
  }
  const values = fromFields(proto, dtype, size);
  return isShort ? widened(proto, values) : new Tensor(dtype, proto.dims, values);
}

function checkedSize(proto: TensorProto): number {
  if (proto.dims.length > MAX_RANK) throw mismatch(proto, `at most ${MAX_RANK} axes`, `${proto.dims.length}`);
  try {
    return sizeOf(proto.dims);
  } catch (cause) {
    throw new QuadlaneError('FORMAT', `tensor "${proto.name}": ${(cause as Error).message}`, { cause });
  }
}

/** The float32s whose upper halves these are. */
function widened({ dims }: TensorProto, halves: ArrayLike<number | bigint>): Tensor {
  const words = Uint32Array.from(halves as ArrayLike<number>, (half) => half << 16);
  return new Tensor('float32', dims, arrayOn('float32', words.buffer, 0, words.length));
}

/** The elements that a file lists one by one; those of 16 bits as their bits. */
function fromFields(proto: TensorProto, dtype: DType, size: number): TypedArray {
  const lists: Partial<Record<DType, readonly (number | bigint)[]>> = {
    float32: proto.dataType === BFLOAT16 ? proto.int32Data : proto.floatData,
    float64: proto.doubleData,
    int64: proto.int64Data,
  };
  const values = lists[dtype] ?? proto.int32Data;
  if (values.length !== size) throw mismatch(proto, `${size} elements`, `${values.length}`);
  const data = newArray(dtype, size);
  for (let i = 0; i < size; i++) data[i] = values[i];
  return data;
}

function externalBytes(
  proto: TensorProto,
  entries: ReadonlyMap<string, string>,
  bytes: number,
  externalData?: ExternalData,
): Uint8Array {
  const location = entries.get('location') ?? '';
  if (!externalData) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `tensor "${proto.name}" lies in another file, "${location}"; pass that file's bytes through the option externalData`,
    );
  }
  const offset = Number(entries.get('offset') ?? 0);
  const file = externalData(location);
  const length = Number(entries.get('length') ?? file.byteLength - offset);
  if (!(offset >= 0 && length === bytes && offset + length <= file.byteLength)) {
    throw mismatch(proto, `${bytes} bytes`, `${length} from byte ${offset} of the ${file.byteLength} in "${location}"`);
  }
  return file.subarray(offset, offset + length);
}

function mismatch(proto: TensorProto, wanted: string, found: string): QuadlaneError {
  const shape = proto.dims.length > MAX_RANK ? '' : ` of shape ${formatShape(proto.dims)}`;
  return new QuadlaneError(
    'FORMAT',
    `tensor "${proto.name}" (${elementTypeName(proto.dataType)})${shape} needs ${wanted}, but the file has ${found}; export or get the file again`,
  );
}
