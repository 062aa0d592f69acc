// Pools as the tests of their kernels run them.

import { type PoolShape, pooledExtents, type Triple } from '../reference/pooling/pool.js';
import { type Binary, KernelHarness } from './harness.js';
import { type Elements, placeStrided, readStrided, spanOf, stridesOf } from './strided.js';

export type Plain = 'f32_max_pool' | 'f32_average_pool' | 'u8_max_pool' | 'i8_max_pool';

const axes = ['Planes', 'Rows', 'Columns'] as const;
const order = ['Image', 'Plane', 'Row', 'Column'] as const;

/** Three numbers as the arguments `prefix`Planes, `prefix`Rows and `prefix`Columns. */
export function triple<P extends string>(prefix: P, values: readonly number[]) {
  return Object.fromEntries(axes.map((axis, i) => [`${prefix}${axis}`, values[i]])) as Record<
    `${P}${(typeof axes)[number]}`,
    number
  >;
}

/** Byte strides of [images, planes, rows, columns, channels] as arguments. */
export function strideArguments<P extends string>(prefix: P, strides: readonly number[]) {
  return Object.fromEntries(order.map((axis, i) => [`${prefix}${axis}Stride`, strides[i]])) as Record<
    `${P}${(typeof order)[number]}Stride`,
    number
  >;
}

export function boxes(shape: PoolShape) {
  const input = [shape.images, ...shape.input, shape.channels];
  const output = [shape.images, ...pooledExtents(shape), shape.channels];
  return { input, output };
}

export function geometry(shape: PoolShape) {
  const [planes, rows, columns] = shape.input;
  return {
    images: shape.images,
    channels: shape.channels,
    planes,
    rows,
    columns,
    ...triple('output', pooledExtents(shape)),
    ...triple('kernel', shape.kernel),
    ...triple('stride', shape.strides),
    ...triple('dilation', shape.dilations),
    ...triple('padding', shape.before),
  };
}

export interface Layout {
  threads: number;
  inputGap: number;
  outputGap: number;
  /** Of averages: whether padding counts. Default: 0. */
  countsPadding?: number;
}

/** Runs a pool on `data`, whose elements are `size` bytes, with unused channels behind every pixel. */
export function pooled<T extends Elements>(
  binary: Binary,
  kernel: Plain,
  data: T,
  kind: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  shape: PoolShape,
  { threads, inputGap, outputGap, countsPadding = 0 }: Layout,
): T {
  const harness = new KernelHarness(binary, 32);
  const { input, output } = boxes(shape);
  const inputStrides = stridesOf(input, kind.BYTES_PER_ELEMENT, undefined, inputGap);
  const outputStrides = stridesOf(output, kind.BYTES_PER_ELEMENT, undefined, outputGap);
  const room = harness.room(spanOf(output, outputStrides, kind.BYTES_PER_ELEMENT));
  const plain = {
    input: placeStrided(harness, data, input, inputStrides),
    output: room,
    ...geometry(shape),
    ...strideArguments('input', inputStrides),
    ...strideArguments('output', outputStrides),
  };
  if (kernel === 'f32_average_pool') {
    harness.run(kernel, { ...plain, countsPadding, ...triple('paddingBehind', shape.behind) }, threads);
  } else {
    harness.run(kernel, plain, threads);
  }
  return readStrided(harness, room, kind, output, outputStrides);
}

export function numbers(shape: PoolShape): Float32Array {
  const count = boxes(shape).input.reduce((product, extent) => product * extent, 1);
  return Float32Array.from({ length: count }, (_, i) => Math.round(Math.sin(i * 12.9898) * 64) / 16);
}

export const one: Triple = [1, 1, 1];
export const none: Triple = [0, 0, 0];
