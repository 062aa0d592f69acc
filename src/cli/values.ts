// Tensors in files: .npy as NumPy writes it, and JSON.

import { type DType, dtypes, type NestedNumbers, type Tensor, tensor, typedArrays } from '../index.js';
import { readAt } from './files.js';
import { UsageError } from './usage.js';

/**
 * The tensor in a file: a .npy array, JSON numbers nested by axes, or JSON `{ shape, data }`.
 * @param dtype element type of JSON numbers
 */
export function valueAt(path: string, dtype: DType): Tensor {
  const bytes = readAt(path);
  try {
    return path.toLowerCase().endsWith('.npy') ? readNpy(bytes) : readJson(new TextDecoder().decode(bytes), dtype);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}

/** Tensors as JSON, 64-bit integers beyond 2^53 rounded. */
export function toJson(tensors: Readonly<Record<string, Tensor>>): string {
  const plain = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    return [name, { dtype, shape, data: Array.from(data as ArrayLike<number | bigint>, Number) }];
  });
  return `${JSON.stringify(Object.fromEntries(plain))}\n`;
}

function readJson(text: string, dtype: DType): Tensor {
  const value = JSON.parse(text) as NestedNumbers | { shape: number[]; data: number[] };
  if (typeof value === 'number' || Array.isArray(value)) return tensor(value as NestedNumbers, undefined, dtype);
  const { shape, data } = value as { shape?: number[]; data?: number[] };
  if (!Array.isArray(shape) || !Array.isArray(data))
    throw new Error('JSON must hold nested numbers, or shape and data');
  return tensor(tensor(data, undefined, dtype).data, shape, dtype);
}

const MAGIC = '\x93NUMPY';

/** [6 bytes: magic][2: version][2 or 4: length of the header][header][elements] */
function readNpy(bytes: Uint8Array): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < 12 || latin(0, 6) !== MAGIC) throw new Error('this is no .npy file');
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = latin(start, Math.min(bytes.length, start + Math.min(length, 65_535)));
  const type = /'descr': *'([^']*)'/.exec(header)?.[1] ?? '';
  const shape = /'shape': *\(([\d, ]*)\)/
    .exec(header)?.[1]
    .split(',')
    .filter((size) => size.trim())
    .map(Number);
  if (!shape || !/'fortran_order': *False/.test(header)) throw new Error('the array must be in C order');
  const { buffer } = new Uint8Array(bytes.subarray(start + length));
  if (type === '<f8') return tensor(Float32Array.from(new Float64Array(buffer)), shape);
  const dtype = dtypes.find((one) => numpyNames[one] === type);
  if (dtype) return tensor(new typedArrays[dtype](buffer), shape, dtype);
  throw new Error(`elements of type ${type} aren't known; save the array as one of ${dtypes.join(', ')}`);
}

/** What NumPy calls the element types. */
const numpyNames: Readonly<Record<DType, string>> = {
  float32: '<f4',
  int32: '<i4',
  int64: '<i8',
  int8: '|i1',
  uint8: '|u1',
  bool: '|b1',
};
