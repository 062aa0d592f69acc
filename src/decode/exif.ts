// The one thing that is read of EXIF: how a picture was held.

import type { Orientation } from './orientation.js';

const ORIENTATION = 0x0112;
const ENTRY_BYTES = 12;

/** How the picture is stored, by the first directory of a TIFF block; undefined where it doesn't say, or is damaged. */
export function exifOrientation(block: DataView): Orientation | undefined {
  try {
    const order = characters(block, 0, 2);
    if (order !== 'II' && order !== 'MM') return undefined;
    const isLittle = order === 'II';
    const directory = block.getUint32(4, isLittle);
    const count = block.getUint16(directory, isLittle);
    for (let index = 0; index < count; index++) {
      const at = directory + 2 + index * ENTRY_BYTES;
      if (block.getUint16(at, isLittle) !== ORIENTATION) continue;
      const value = block.getUint16(at + 8, isLittle);
      return value >= 1 && value <= 8 ? (value as Orientation) : undefined;
    }
  } catch (error) {
    // Pictures are more than what cameras say of them.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** `count` bytes as a character each. */
export function characters(view: DataView, at: number, count: number): string {
  return String.fromCharCode(...Array.from({ length: count }, (_, index) => view.getUint8(at + index)));
}
