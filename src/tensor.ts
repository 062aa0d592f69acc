// Tensors are plain values: a shape, an element type and a typed array in row-major order.

import { QuadlaneError } from './errors.js';
import { fromHalf, toHalf } from './half.js';
import { inspectAs } from './inspection.js';
import { shown } from './printable.js';
import { formatShape, sizeOf } from './shape.js';

/** The typed array behind each element type. */
export interface TypedArrays {
  float32: Float32Array;
  int32: Int32Array;
  int64: BigInt64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  bool: Uint8Array;
  float64: Float64Array;
  /** The bits of half precision: hosts that have a Float16Array can lay one over `data.buffer`. */
  float16: Uint16Array;
}

export type DType = keyof TypedArrays;
export type TypedArray = TypedArrays[DType];

/** A Float16Array, in words that compilers have which don't know of it. */
export interface HalfArray extends ArrayBufferView {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly length: number;
}

/** What `tensor` takes besides the typed arrays of the element types. */
export type OtherArray = Uint8ClampedArray | HalfArray;

/** Nested arrays of numbers, read as float32. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** Element type that data has unless another one is named. */
export type DTypeOf<Data> = Data extends Int32Array
  ? 'int32'
  : Data extends BigInt64Array
    ? 'int64'
    : Data extends Int8Array
      ? 'int8'
      : Data extends Uint8Array | Uint8ClampedArray
        ? 'uint8'
        : Data extends Float64Array
          ? 'float64'
          : Data extends HalfArray
            ? 'float16'
            : Data extends Uint16Array
              ? never
              : 'float32';

/** Shape and element type of a tensor. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** What makes the typed arrays of an element type. */
export interface TypedArrayConstructor<D extends DType> {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArrays[D];
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArrays[D];
}

/** The element types there are: what makes the typed array of each. */
export const typedArrays: { readonly [D in DType]: TypedArrayConstructor<D> } = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  float64: Float64Array,
  float16: Uint16Array,
};

/** Whether elements of this type are numbers with fractions. */
export function isFloat(dtype: DType): boolean {
  return dtype.startsWith('float');
}

/** What the typed array of `dtype` holds for a number: its bits for float16. */
export function elementOf(dtype: DType, value: number): number | bigint {
  if (dtype === 'float16') return toHalf(value);
  return dtype === 'int64' ? BigInt(value) : value;
}

/** What reads an element of the typed array of `dtype` as a number; int64 beyond 2^53 is rounded. */
export function readerOf(dtype: DType): (element: number | bigint) => number {
  return dtype === 'float16' ? (fromHalf as typeof Number) : Number;
}

/** The element types of other typed arrays. */
const others: Readonly<Record<string, DType>> = { Uint8ClampedArray: 'uint8', Float16Array: 'float16' };

/** Names of the element types. */
export const dtypes = Object.keys(typedArrays) as readonly DType[];

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return typedArrays[dtype].BYTES_PER_ELEMENT;
}

/** A typed array over `buffer`, `length` elements from `byteOffset` on. */
export function arrayOn<D extends DType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArrays[D] {
  return new typedArrays[dtype](buffer, byteOffset, length);
}

/** What kind of built-in object `value` is, whichever realm made it: `Uint8Array`, `ArrayBuffer`, `Map`. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** `data` as this realm's typed array of `dtype`, over the same memory; undefined where its elements are others. */
export function arrayAs<D extends DType>(dtype: D, data: unknown): TypedArrays[D] | undefined {
  const Type: TypedArrayConstructor<D> = typedArrays[dtype];
  if (data instanceof Type) return data as TypedArrays[D];
  if (!ArrayBuffer.isView(data) || kindOf(data) !== Type.name) return undefined;
  return arrayOn(dtype, data.buffer, data.byteOffset, data.byteLength / Type.BYTES_PER_ELEMENT);
}

/** The bytes that `value` is, an ArrayBuffer or Uint8Array of any realm; else undefined. */
export function bytesIn(value: unknown): Uint8Array | undefined {
  if (kindOf(value) !== 'ArrayBuffer') return arrayAs('uint8', value);
  // One whose content went elsewhere (transferred) is empty too, and refuses views.
  const buffer = value as ArrayBuffer;
  return buffer.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer);
}

/**
 * A zero-filled typed array.
 * @throws QuadlaneError `MEMORY` when the engine has no room for it
 */
export function newArray<D extends DType>(dtype: D, length: number): TypedArrays[D] {
  try {
    return new typedArrays[dtype](length);
  } catch (cause) {
    throw new QuadlaneError('MEMORY', `the engine can't give ${length} elements of ${dtype}: use smaller tensors`, {
      cause,
    });
  }
}

/** A tensor of one element type. */
export class TypedTensor<D extends DType> implements TensorType {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name: string = 'Tensor';

  constructor(
    readonly dtype: D,
    readonly shape: readonly number[],
    readonly data: TypedArrays[D],
  ) {}

  /** Number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The elements as float32 numbers: `data` itself where they are that, else a new array. */
  toFloat32(): Float32Array {
    const { dtype, data } = this;
    if (data instanceof Float32Array) return data;
    const read = readerOf(dtype);
    const numbers = newArray('float32', data.length);
    for (let i = 0; i < numbers.length; i++) numbers[i] = read(data[i]);
    return numbers;
  }

  /** Numbers that `tensor(data, shape, dtype)` takes back; an int64 beyond what a number can be is text. */
  toJSON(): { dtype: D; shape: readonly number[]; data: (number | string)[] } {
    const { dtype, shape, data } = this;
    const read = readerOf(dtype);
    const plain = (value: number | bigint) =>
      typeof value === 'number' || Number.isSafeInteger(Number(value)) ? read(value) : String(value);
    return { dtype, shape, data: Array.from(data as ArrayLike<number | bigint>, plain) };
  }
}

/**
 * A value: `data` in row-major order of `shape`. Collected like any object; nothing to dispose. Whoever tests `dtype` knows
 * the type of `data`.
 */
export type Tensor<D extends DType = DType> = { [K in D]: TypedTensor<K> }[D];

/** Tensors as consoles show them: a lone call, which bundlers drop with the class. */
function inspectable<Class extends { readonly prototype: TensorType & { readonly data: unknown } }>(
  type: Class,
): Class {
  inspectAs(type.prototype, ({ dtype, shape, data }) => ({ dtype, shape, data }));
  return type;
}

/** The class of all tensors. */
export const Tensor: {
  // biome-ignore lint/suspicious/noExplicitAny: as the prototype of a generic class is typed, so that instanceof narrows
  readonly prototype: TypedTensor<any>;
  new <D extends DType>(dtype: D, shape: readonly number[], data: TypedArrays[D]): Tensor<D>;
} = /* @__PURE__ */ inspectable(TypedTensor) as never;

/** A tensor whose data are made where somebody reads them. */
export class Deferred<D extends DType = DType> extends TypedTensor<D> {
  /** @param make makes the data; called once */
  constructor(dtype: D, shape: readonly number[], make: () => TypedArray) {
    super(dtype, shape, undefined as never);
    let data: TypedArray | undefined;
    const get = () => {
      data ??= make();
      return data;
    };
    Object.defineProperty(this, 'data', { get });
  }

  override get size(): number {
    return sizeOf(this.shape);
  }
}

/** `value` where it is a tensor or has all that one has, as those of another realm do; else undefined. */
export function asTensor(value: unknown): Tensor | undefined {
  if (value instanceof Tensor) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { dtype, shape, data } = value as Partial<Tensor>;
  if (!dtypes.includes(dtype as DType) || !Array.isArray(shape)) return undefined;
  const own = arrayAs(dtype as DType, data);
  return own && new Tensor(dtype as DType, shape, own);
}

/** Elements that lie where typed arrays can't, as in files. Reading `data` copies them; weights never ask for it. */
export class Unaligned extends Deferred {
  constructor(
    { dtype, shape }: TensorType,
    readonly bytes: Uint8Array,
  ) {
    super(dtype, shape, () => arrayOn(dtype, new Uint8Array(bytes).buffer, 0, sizeOf(shape)));
  }
}

/** The tensor that `bytes` hold, little-endian: no copy of them. */
export function tensorOver(bytes: Uint8Array, dtype: DType, shape: readonly number[]): Tensor {
  if (bytes.byteOffset % bytesPerElement(dtype) !== 0) return new Unaligned({ dtype, shape }, bytes) as Tensor;
  return new Tensor(dtype, shape, arrayOn(dtype, bytes.buffer, bytes.byteOffset, sizeOf(shape)));
}

/**
 * Makes a tensor. It lies over the typed array that it is given, but for a Float16Array, whose bits are copied.
 * @param data a typed array, or nested arrays of numbers (float32)
 * @param shape sizes from the outermost axis to the innermost; defaults to the nesting, or one axis
 * @param dtype defaults to the one of the typed array; `'bool'` must be named, and so must `'float16'` for a Uint16Array
 * @throws QuadlaneError `ARGUMENT` when the number of elements isn't the product of `shape`
 */
export function tensor<Data extends TypedArray | OtherArray | NestedNumbers, D extends DType = DTypeOf<Data>>(
  data: Data,
  shape?: readonly number[],
  dtype?: D,
): Tensor<D> {
  if (dtype !== undefined && !dtypes.includes(dtype)) {
    throw new QuadlaneError('ARGUMENT', `tensor(): dtype must be one of ${dtypes.join(', ')}, not ${shown(dtype)}`);
  }
  if (shape !== undefined && !Array.isArray(shape)) {
    throw new QuadlaneError('ARGUMENT', 'tensor(): the shape must be a list of sizes, as [1, 3, 224, 224]');
  }
  const nested = typeof data === 'number' || Array.isArray(data);
  const other = others[kindOf(data)];
  const given = nested ? fromNumbers(data as NestedNumbers, dtype ?? 'float32') : plain(data as TypedArray, other);
  const type = dtype ?? other ?? dtypeOf(given);
  const values = arrayAs<DType>(type, given);
  if (!values) {
    throw new QuadlaneError(
      'ARGUMENT',
      `tensor(): ${kindOf(data)} can't hold ${type} elements; pass a ${typedArrays[type].name}`,
    );
  }
  const sizes = shape ?? (nested ? nestingOf(data as NestedNumbers) : [values.length]);
  if (sizeOf(sizes) !== values.length) {
    throw new QuadlaneError(
      'ARGUMENT',
      `tensor(): ${formatShape(sizes)} has ${sizeOf(sizes)} elements, but ${values.length} were given`,
    );
  }
  return new Tensor(type as D, [...sizes], values as TypedArrays[D]);
}

/** The elements of a typed array that is none of an element type, as those of `other`. */
function plain(data: TypedArray, other: DType | undefined): TypedArray {
  if (!other) return data;
  const elements = arrayOn(other, data.buffer, data.byteOffset, data.length);
  return other === 'float16' ? elements.slice() : elements;
}

function dtypeOf(values: TypedArray): DType {
  for (const dtype of dtypes) if (dtype !== 'float16' && arrayAs(dtype, values)) return dtype;
  const names = new Set(dtypes.map((dtype) => typedArrays[dtype].name));
  throw new QuadlaneError(
    'ARGUMENT',
    `tensor(): data must be nested numbers or one of ${[...names].join(', ')} (with the dtype float16), not ${kindOf(values)}`,
  );
}

function nestingOf(data: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0] as NestedNumbers) shape.push(level.length);
  return shape;
}

function fromNumbers(data: NestedNumbers, dtype: DType): TypedArray {
  const shape = nestingOf(data);
  const flat: number[] = [];
  const walk = (level: NestedNumbers, axis: number): void => {
    if (typeof level === 'number' && axis === shape.length) {
      flat.push(level);
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[axis]) {
      throw new QuadlaneError(
        'ARGUMENT',
        'tensor(): nested arrays must hold numbers and be of equal length on each level',
      );
    }
    for (const item of level as readonly NestedNumbers[]) walk(item, axis + 1);
  };
  walk(data, 0);
  if (dtype === 'int64' && !flat.every(Number.isInteger)) {
    throw new QuadlaneError('ARGUMENT', `tensor(): ${flat.find((x) => !Number.isInteger(x))} is no int64 element`);
  }
  const values = newArray(dtype, flat.length);
  flat.forEach((value, i) => {
    values[i] = elementOf(dtype, value);
  });
  return values;
}
