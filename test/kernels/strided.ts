// Operands with any strides for the kernel harness: placed, read back, and their gaps checked.
import { expect } from 'vitest';
import { positions } from '../reference/layout/positions.js';
import type { KernelHarness, Operand } from './harness.js';

export type Elements = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array | BigInt64Array;

/** Byte strides of a box whose dimensions lie in the order `order` (outermost first) with `gap` unused elements behind each run. */
export function stridesOf(
  extents: readonly number[],
  size: number,
  order: readonly number[] = extents.map((_, d) => d),
  gap = 0,
): number[] {
  const strides = new Array<number>(extents.length).fill(0);
  let step = size;
  for (const d of [...order].reverse()) {
    strides[d] = step;
    step = step * Math.max(extents[d], 1) + gap * size;
  }
  return strides;
}

/** Bytes from the first byte of a box to the last. */
export function spanOf(extents: readonly number[], strides: readonly number[], size: number): number {
  if (extents.some((extent) => extent === 0)) return 0;
  return extents.reduce((span, extent, d) => span + (extent - 1) * Math.abs(strides[d]), size);
}

/** Bytes from the lowest element to the first one: negative strides begin at the far end. */
function originOf(extents: readonly number[], strides: readonly number[]): number {
  return extents.reduce((origin, extent, d) => origin + Math.max(0, -strides[d] * (extent - 1)), 0);
}

/** Places `data`, the elements of a box in order, at `strides`; what lies between stays NaN. */
export function placeStrided(
  harness: KernelHarness,
  data: Elements,
  extents: readonly number[],
  strides: readonly number[],
): Operand {
  const size = data.BYTES_PER_ELEMENT;
  const operand = harness.place(new Uint8Array(0));
  const span = spanOf(extents, strides, size);
  const holder = harness.place(nanBytes(span));
  const target = new Uint8Array(harness.memory.buffer, holder.address, span);
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const origin = originOf(extents, strides);
  positions(extents, strides).forEach((position, i) => {
    target.set(source.subarray(i * size, (i + 1) * size), origin + position);
  });
  return { address: holder.address + origin, bytes: operand.bytes };
}

function nanBytes(count: number): Uint8Array {
  return new Uint8Array(new Uint32Array((count + 3) >> 2).fill(0x7fc00000).buffer).subarray(0, count);
}

/** Reads the elements of a box in order; fails where a byte between them is no longer NaN. */
export function readStrided<T extends Elements>(
  harness: KernelHarness,
  room: Operand,
  kind: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  extents: readonly number[],
  strides: readonly number[],
): T {
  const size = kind.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(harness.memory.buffer, room.address, room.bytes).slice();
  const untouched = nanBytes(room.bytes);
  const at = positions(extents, strides);
  const result = new Uint8Array(at.length * size);
  at.forEach((position, i) => {
    result.set(bytes.subarray(position, position + size), i * size);
  });
  for (const position of at) bytes.set(untouched.subarray(position, position + size), position);
  expect(Buffer.compare(bytes, untouched), 'a byte between the elements of the output was written').toBe(0);
  return new kind(result.buffer);
}

/** An i32 table; a rank of 0 has one of no entries. */
export function placeTable(harness: KernelHarness, entries: readonly number[]): Operand {
  return harness.place(Int32Array.from(entries));
}
