// Windows of convolutions and pools over an input: the padding they ask for and the halo they read.

import { dilatedExtent, samePadding, type Windows } from '../../shape.js';
import type { Halo } from '../operator.js';

/** `windows` with the padding that `autoPad` ('same-upper' or 'same-lower') asks for. */
export function samePadded(windows: Windows, extents: readonly number[], autoPad: string | undefined): Windows {
  if (autoPad === undefined) return windows;
  return { ...windows, padding: samePadding(extents, windows, autoPad === 'same-lower' ? 'lower' : 'upper') };
}

/** Zeros that windows read around `extents`: never less than 0 where padding is negative (a crop). */
export function windowHalo(extents: readonly number[], windows: Windows, counts: readonly number[]): Halo {
  const before = extents.map((_, axis) => Math.max(0, windows.padding[axis]));
  const after = extents.map((extent, axis) => {
    const reach = dilatedExtent(windows.kernelShape[axis], windows.dilations[axis]);
    return Math.max(0, (counts[axis] - 1) * windows.strides[axis] + reach - extent - windows.padding[axis]);
  });
  return [...before, ...after];
}
