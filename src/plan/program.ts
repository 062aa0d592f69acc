// Steps as bytes: the program that the kernels' `run` walks. Layout:
// [steps: kernel u32, arguments u32][arguments of each step, 4 bytes a field][tables].

import { type KernelName, kernelLayouts } from '../ops/kernels.generated.js';
import type { Pointer } from '../ops/pointer.js';
import { align } from './arena.js';
import type { Step, Table } from './plan.js';

/** Bytes of one step, by which programs are walked. */
export const STEP_BYTES = 8;
const FIELD_BYTES = 4;

/** Kernel names in the order of their numbers. */
export const kernelNames = Object.keys(kernelLayouts) as KernelName[];

const kernels = new Map(
  kernelNames.map((name, index) => {
    const fields = kernelLayouts[name].split(' ').map((field) => ({
      name: field.replace(/^[*~]/, ''),
      float: field.startsWith('~'),
    }));
    return [name, { index, fields }] as const;
  }),
);

/** Bytes of a program. */
export function programBytes(steps: readonly Step[], tables: readonly Table[]): number {
  const fields = steps.reduce((sum, step) => sum + kernels.get(step.kernel)!.fields.length, 0);
  const entries = tables.reduce((sum, table) => sum + table.values.length, 0);
  return align(steps.length * STEP_BYTES + (fields + entries) * FIELD_BYTES);
}

/**
 * Encodes a program that will lie at `base`. All regions that its steps point to must have their addresses, but the
 * tables, which get them here.
 * @param kernelNumber the number that steps name the kernel at an index of `kernelNames` by
 */
export function encodeProgram(
  steps: readonly Step[],
  tables: readonly Table[],
  base: number,
  kernelNumber: (index: number) => number,
): Uint8Array {
  const bytes = new Uint8Array(programBytes(steps, tables));
  const view = new DataView(bytes.buffer);
  const fields = steps.reduce((sum, step) => sum + kernels.get(step.kernel)!.fields.length, 0);
  let at = steps.length * STEP_BYTES + fields * FIELD_BYTES;
  for (const table of tables) {
    table.base = base + at;
    for (const value of table.values) {
      view.setInt32(at, value, true);
      at += FIELD_BYTES;
    }
  }
  at = steps.length * STEP_BYTES;
  steps.forEach((step, index) => {
    const kernel = kernels.get(step.kernel)!;
    view.setUint32(index * STEP_BYTES, kernelNumber(kernel.index), true);
    view.setUint32(index * STEP_BYTES + 4, base + at, true);
    for (const field of kernel.fields) {
      const value = step.args[field.name];
      if (typeof value !== 'number') view.setUint32(at, addressOf(value), true);
      else if (field.float) view.setFloat32(at, value, true);
      else view.setInt32(at, value, true);
      at += FIELD_BYTES;
    }
  });
  return bytes;
}

/** The address that a pointer has now. */
export function addressOf(pointer: Pointer): number {
  return pointer === 0 ? 0 : pointer.region.base + pointer.offset;
}
