// The chunks of a WebP file (RFC 9649).

import { characters, exifOrientation } from './exif.js';
import type { Orientation } from './orientation.js';
import type { Header } from './stored.js';

/** RIFF, length and WEBP. */
const START = 12;
/** Bit of VP8X. */
const ANIMATED = 2;

/** @throws RangeError where the file ends before its picture does */
export function webpHeader(view: DataView): Header {
  const end = 8 + view.getUint32(4, true);
  // The whole file is there, but for a last byte of padding.
  view.getUint8(end - 2);
  let size: { height: number; width: number } | undefined;
  let orientation: Orientation = 1;
  let unsupported: string | undefined;
  for (let at = START; at + 8 <= Math.min(end, view.byteLength); ) {
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    const type = characters(view, at, 4);
    if (type === 'VP8X') {
      const plusOne = (place: number) => 1 + view.getUint16(place, true) + (view.getUint8(place + 2) << 16);
      size = { width: plusOne(start + 4), height: plusOne(start + 7) };
      if (view.getUint8(start) & ANIMATED) unsupported = 'an animation: save one of its frames as a picture';
    } else if (type === 'VP8 ') {
      size ??= { width: view.getUint16(start + 6, true) & 0x3fff, height: view.getUint16(start + 8, true) & 0x3fff };
    } else if (type === 'VP8L') {
      const bits = view.getUint32(start + 1, true);
      size ??= { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
    } else if (type === 'EXIF') {
      const prefix = characters(view, start, 4) === 'Exif' ? 6 : 0;
      const block = new DataView(view.buffer, view.byteOffset + start + prefix, length - prefix);
      orientation = exifOrientation(block) ?? orientation;
    }
    at = start + length + (length & 1);
  }
  return { height: 0, width: 0, ...size, orientation, unsupported };
}
