// Calls the elementwise kernels on plain arrays and on boxes with any strides.
import { Binary as BinaryCode, Comparison, Unary } from '../../src/ops/kernels.generated.js';
import type { KernelHarness, Operand } from './harness.js';
import { placeStrided, placeTable, readStrided, spanOf } from './strided.js';

/** Extents and the byte strides of an operand that is to be made. */
export interface Box {
  readonly extents: readonly number[];
  readonly strides: readonly number[];
}

/** Where a box's elements are, and in which order their dimensions come. */
interface Walk {
  readonly rank: number;
  readonly extents: Operand;
}

export function walkOf(harness: KernelHarness, extents: readonly number[]): Walk {
  return { rank: extents.length, extents: placeTable(harness, extents) };
}

export function runActivation(
  harness: KernelHarness,
  activation: number,
  inputs: Float32Array,
  alpha: number,
  beta: number,
): Float32Array {
  const output = harness.room(inputs.byteLength);
  const strides = placeTable(harness, [4]);
  harness.run('f32_activation', {
    ...walkOf(harness, [inputs.length]),
    input: harness.place(inputs),
    inputStrides: strides,
    output,
    outputStrides: strides,
    activation,
    alpha,
    beta,
  });
  return harness.floats(output);
}

export function runUnary(harness: KernelHarness, name: keyof typeof Unary, inputs: Float32Array): Float32Array {
  const output = harness.room(inputs.byteLength);
  const strides = placeTable(harness, [4]);
  harness.run('f32_unary', {
    ...walkOf(harness, [inputs.length]),
    input: harness.place(inputs),
    inputStrides: strides,
    output,
    outputStrides: strides,
    operation: Unary[name],
  });
  return harness.floats(output);
}

/** An operand's distinct elements, and the strides over `extents` that read them. */
export interface Source {
  readonly data: Float32Array;
  readonly extents: readonly number[];
  readonly strides: readonly number[];
}

/** Places a source's elements; broadcast dimensions, of extent 1, have stride 0 in its table. */
function placeSource(harness: KernelHarness, source: Source): { address: Operand; strides: Operand } {
  const address = placeStrided(harness, source.data, source.extents, source.strides);
  const strides = source.strides.map((stride, d) => (source.extents[d] === 1 ? 0 : stride));
  return { address, strides: placeTable(harness, strides) };
}

export function runBinary(
  harness: KernelHarness,
  name: keyof typeof BinaryCode,
  left: Source,
  right: Source,
  output: Box,
  {
    threads,
    activation = 0,
    alpha = 0,
    beta = 0,
  }: { threads: number; activation?: number; alpha?: number; beta?: number },
): Float32Array {
  const a = placeSource(harness, left);
  const b = placeSource(harness, right);
  const room = harness.room(spanOf(output.extents, output.strides, 4));
  harness.run(
    'f32_binary',
    {
      ...walkOf(harness, output.extents),
      left: a.address,
      leftStrides: a.strides,
      right: b.address,
      rightStrides: b.strides,
      output: room,
      outputStrides: placeTable(harness, output.strides),
      operation: BinaryCode[name],
      activation,
      alpha,
      beta,
    },
    threads,
  );
  return readStrided(harness, room, Float32Array, output.extents, output.strides);
}

export function runCompare(
  harness: KernelHarness,
  name: keyof typeof Comparison,
  left: Source,
  right: Source,
  output: Box,
  threads: number,
): Uint8Array {
  const a = placeSource(harness, left);
  const b = placeSource(harness, right);
  const room = harness.room(spanOf(output.extents, output.strides, 1));
  harness.run(
    'f32_compare',
    {
      ...walkOf(harness, output.extents),
      left: a.address,
      leftStrides: a.strides,
      right: b.address,
      rightStrides: b.strides,
      output: room,
      outputStrides: placeTable(harness, output.strides),
      operation: Comparison[name],
    },
    threads,
  );
  return readStrided(harness, room, Uint8Array, output.extents, output.strides);
}
