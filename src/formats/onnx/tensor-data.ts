// TensorProto -> Tensor: element types, typed data fields, raw and external bytes.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sizeOf } from '../../shape.js';
import { bytesPerElement, type DType, dtypes, newArray, Tensor, type TypedArray, tensorOver } from '../../tensor.js';
import { fromHalf } from '../half.js';
import { dtypeOf, elementTypeName, FLOAT16, FLOAT64 } from './elementTypes.js';
import type { TensorProto } from './proto.js';

/** Bytes of a file that a model refers to by its location, relative to the model. */
export type ExternalData = (location: string) => Uint8Array;

const MAX_RANK = 64;

/**
 * The value of a stored tensor: over the file's bytes where they need no conversion, else a copy.
 * @throws QuadlaneError `FORMAT` when data and shape don't fit, `UNSUPPORTED` for other element types and for external
 * data without `externalData`
 */
export function readTensor(proto: TensorProto, externalData?: ExternalData): Tensor {
  const dtype = dtypeOf(proto.dataType);
  if (dtype === undefined) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `tensor "${proto.name}" has ${elementTypeName(proto.dataType)} elements; convert the model to one of ${dtypes.join(', ')}`,
    );
  }
  const size = checkedSize(proto);
  const stored = proto.dataType === FLOAT16 ? 2 : proto.dataType === FLOAT64 ? 8 : bytesPerElement(dtype);
  const raw = proto.external ? externalBytes(proto, proto.external, size * stored, externalData) : proto.rawData;
  if (raw) {
    if (raw.byteLength !== size * stored) throw mismatch(proto, `${size * stored} bytes`, `${raw.byteLength}`);
    return fromBytes(raw, proto, dtype, size);
  }
  return new Tensor(dtype, proto.dims, fromFields(proto, dtype, size));
}

function checkedSize(proto: TensorProto): number {
  if (proto.dims.length > MAX_RANK) throw mismatch(proto, `at most ${MAX_RANK} axes`, `${proto.dims.length}`);
  try {
    return sizeOf(proto.dims);
  } catch (cause) {
    throw new QuadlaneError('FORMAT', `tensor "${proto.name}": ${(cause as Error).message}`, { cause });
  }
}

function fromBytes(raw: Uint8Array, { dataType, dims }: TensorProto, dtype: DType, size: number): Tensor {
  if (dataType !== FLOAT16 && dataType !== FLOAT64) return tensorOver(raw, dtype, dims);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const data = Float32Array.from({ length: size }, (_, i) =>
    dataType === FLOAT16 ? fromHalf(view.getUint16(2 * i, true)) : view.getFloat64(8 * i, true),
  );
  return new Tensor(dtype, dims, data);
}

function fromFields(proto: TensorProto, dtype: DType, size: number): TypedArray {
  const values: readonly (number | bigint)[] =
    proto.dataType === FLOAT64
      ? proto.doubleData
      : proto.dataType === FLOAT16
        ? proto.int32Data.map(fromHalf)
        : dtype === 'float32'
          ? proto.floatData
          : dtype === 'int64'
            ? proto.int64Data
            : proto.int32Data;
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
