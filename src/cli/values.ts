// Tensors in files: .npy as NumPy writes it, and JSON.

import { refuseOtherKinds } from '../formats/otherKinds.js';
import { type DType, type NestedNumbers, type Tensor, type TypedArray, tensor, typedArrays } from '../index.js';
import { readAt } from './files.js';
import { UsageError } from './usage.js';

/**
 * The tensor in a file: a .npy array, JSON numbers nested by axes, or JSON `{ shape, data }`.
 * @param dtype element type that is wanted
 */
export function valueAt(path: string, dtype: DType): Tensor {
  const bytes = readAt(path);
  try {
    return isNpy(bytes) ? readNpy(bytes, dtype) : readJson(bytes, dtype);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}

/** The elements as numbers, 64-bit integers beyond 2^53 rounded. */
export function numbersIn(value: Tensor): number[] {
  return Array.from((value.dtype === 'float16' ? value.toFloat32() : value.data) as ArrayLike<number | bigint>, Number);
}

/** Tensors as JSON, 64-bit integers beyond 2^53 rounded. */
export function toJson(tensors: Readonly<Record<string, Tensor>>): string {
  const plain = Object.entries(tensors).map(([name, value]) => {
    return [name, { dtype: value.dtype, shape: value.shape, data: numbersIn(value) }];
  });
  return `${JSON.stringify(Object.fromEntries(plain))}\n`;
}

const isPlain = (value: unknown): value is NestedNumbers => typeof value === 'number' || Array.isArray(value);

function readJson(bytes: Uint8Array, dtype: DType): Tensor {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    refuseOtherKinds(bytes, 'an array in a .npy or .json file');
    throw new Error(`this is no .npy file, and no JSON: ${(error as Error).message}`);
  }
  if (isPlain(value)) return tensor(value, undefined, dtype);
  const { shape, data } = (value ?? {}) as { shape?: number[]; data?: number[] };
  if (!Array.isArray(shape) || !Array.isArray(data))
    throw new Error('JSON must hold nested numbers, or shape and data');
  return tensor(tensor(data, undefined, dtype).data, shape, dtype);
}

const latin = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

const MAGIC = '\x93NUMPY';

function isNpy(bytes: Uint8Array): boolean {
  return latin(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/** What NumPy calls element types, and what reads them. */
const numpyTypes: ReadonlyMap<string, (buffer: ArrayBuffer) => ArrayLike<number | bigint>> = new Map<
  string,
  (buffer: ArrayBuffer) => ArrayLike<number | bigint>
>([
  ['<f2', (buffer) => tensor(new Uint16Array(buffer), undefined, 'float16').toFloat32()],
  ['<f4', (buffer) => new Float32Array(buffer)],
  ['<f8', (buffer) => new Float64Array(buffer)],
  ['|i1', (buffer) => new Int8Array(buffer)],
  ['<i2', (buffer) => new Int16Array(buffer)],
  ['<i4', (buffer) => new Int32Array(buffer)],
  ['<i8', (buffer) => new BigInt64Array(buffer)],
  ['|u1', (buffer) => new Uint8Array(buffer)],
  ['<u2', (buffer) => new Uint16Array(buffer)],
  ['<u4', (buffer) => new Uint32Array(buffer)],
  ['<u8', (buffer) => new BigUint64Array(buffer)],
  ['|b1', (buffer) => new Uint8Array(buffer)],
]);

/** [6 bytes: magic][2: version][2 or 4: length of the header][header][elements] */
function readNpy(bytes: Uint8Array, dtype: DType): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) throw new Error('the .npy file is cut short');
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = latin(bytes.subarray(start, start + Math.min(length, 65_535)));
  const type = /'descr': *'([^']*)'/.exec(header)?.[1] ?? '';
  const shape = /'shape': *\(([\d, ]*)\)/
    .exec(header)?.[1]
    .split(',')
    .filter((size) => size.trim())
    .map(Number);
  if (!shape || !/'fortran_order': *False/.test(header)) throw new Error('the array must be in C order');
  const read = numpyTypes.get(type);
  if (!read) {
    throw new Error(
      `elements of type "${type}" aren't known; save the array as one of ${[...numpyTypes.keys()].join(' ')}`,
    );
  }
  const { buffer } = new Uint8Array(bytes.subarray(start + length));
  const width = Number(type.slice(2));
  if (buffer.byteLength % width !== 0) {
    throw new Error(
      `the .npy file is cut short: ${buffer.byteLength} bytes are no whole number of elements of ${width}`,
    );
  }
  const data = dtype === 'float16' ? halves(read(buffer), type) : converted(read(buffer), type, dtype);
  return tensor(data, shape, dtype);
}

const cannotHold = (dtype: DType, element: number | bigint, type: string) =>
  new Error(`the model takes ${dtype}, which can't hold the element ${element} (${type}): convert the array`);

/** `elements` as float16: floats rounded, integers only where they stay the same. */
function halves(elements: ArrayLike<number | bigint>, type: string): TypedArray {
  const result = tensor(Array.from(elements, Number), undefined, 'float16');
  const numbers = result.toFloat32();
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals the number that it is
  const lost = numbers.findIndex((number, i) => !type.startsWith('<f') && number != elements[i]);
  if (lost >= 0) throw cannotHold('float16', elements[lost], type);
  return result.data;
}

/** `elements` as `dtype`: the same numbers, of which only 64-bit floats may be rounded. */
function converted(elements: ArrayLike<number | bigint>, type: string, dtype: DType): TypedArray {
  const result = new typedArrays[dtype](elements.length);
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    const whole = typeof element === 'bigint' || Number.isInteger(element);
    if (dtype !== 'int64') result[i] = Number(element);
    else if (whole) result[i] = BigInt(element);
    const rounds = dtype === 'float32' && type === '<f8';
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals the number that it is
    if (!rounds && result[i] != element && !Number.isNaN(element)) {
      throw cannotHold(dtype, element, type);
    }
  }
  return result;
}
