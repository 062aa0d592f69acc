// Steps as bytes: the program that the kernels' `run` walks, as assembly/runtime/program_layout.ts has it.

import { QuadlaneError } from '../errors.js';
import { FIELD_BYTES, STEP_BYTES } from '../layouts.generated.js';
import type { Pointer } from '../ops/pointer.js';
import { align } from './arena.js';
import type { Step, Table } from './plan.js';

/** A kernel as a binary has it. */
export interface KernelLayout {
  /** The number by which steps name it. */
  readonly number: number;
  /** Its arguments, in the order it reads them. */
  readonly fields: readonly { readonly name: string; readonly float: boolean }[];
}

export type KernelLayouts = ReadonlyMap<string, KernelLayout>;

/** Bytes of a program. */
export function programBytes(steps: readonly Step[], tables: readonly Table[], kernels: KernelLayouts): number {
  const fields = countFields(steps, kernels);
  const entries = tables.reduce((sum, table) => sum + table.values.length, 0);
  return align(steps.length * STEP_BYTES + (fields + entries) * FIELD_BYTES);
}

/**
 * Encodes a program that will lie at `base`. All regions that its steps point to must have their addresses, but the
 * tables, which get them here.
 * @throws QuadlaneError `LIMIT` for numbers that kernels can't be given
 */
export function encodeProgram(
  steps: readonly Step[],
  tables: readonly Table[],
  base: number,
  kernels: KernelLayouts,
): Uint8Array {
  const bytes = new Uint8Array(programBytes(steps, tables, kernels));
  const view = new DataView(bytes.buffer);
  let at = steps.length * STEP_BYTES + countFields(steps, kernels) * FIELD_BYTES;
  for (const table of tables) {
    table.base = base + at;
    for (let i = 0; i < table.values.length; i++, at += FIELD_BYTES) {
      view.setInt32(at, word(table.values[i]), true);
    }
  }
  at = steps.length * STEP_BYTES;
  steps.forEach((step, index) => {
    const kernel = kernels.get(step.kernel)!;
    view.setUint32(index * STEP_BYTES, kernel.number + (step.sharing ?? 0), true);
    view.setUint32(index * STEP_BYTES + 4, base + at, true);
    for (const field of kernel.fields) {
      const value = step.args[field.name];
      if (typeof value !== 'number') view.setUint32(at, addressOf(value), true);
      else if (field.float) view.setFloat32(at, value, true);
      else view.setInt32(at, word(value), true);
      at += FIELD_BYTES;
    }
  });
  return bytes;
}

/** `value`, a whole number of 32 bits with a sign or without: what sizes and attributes come to may be larger. */
function word(value: number): number {
  if (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32) return value;
  throw new QuadlaneError(
    'LIMIT',
    `a kernel would have to count to ${value}, which takes more than 32 bits: use smaller sizes, strides and paddings`,
  );
}

function countFields(steps: readonly Step[], kernels: KernelLayouts): number {
  return steps.reduce((sum, step) => sum + kernels.get(step.kernel)!.fields.length, 0);
}

/** The address that a pointer has now. */
export function addressOf(pointer: Pointer): number {
  return pointer === 0 ? 0 : pointer.region.base + pointer.offset;
}
