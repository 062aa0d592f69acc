// The chunks of a PNG file.

import { characters, exifOrientation } from './exif.js';
import type { Orientation } from './orientation.js';
import type { Header } from './stored.js';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum. */
const AROUND = 12;

/** @throws RangeError where the file ends before its picture does */
export function pngHeader(view: DataView): Header {
  const [width, height] = [view.getUint32(SIGNATURE_BYTES + 8), view.getUint32(SIGNATURE_BYTES + 12)];
  let orientation: Orientation = 1;
  let unsupported: string | undefined;
  for (let at = SIGNATURE_BYTES; ; ) {
    const length = view.getUint32(at);
    const type = characters(view, at + 4, 4);
    // The whole chunk is there.
    view.getUint8(at + length + AROUND - 1);
    if (type === 'IEND') break;
    if (type === 'acTL' && view.getUint32(at + 8) > 1) {
      unsupported = `an animation of ${view.getUint32(at + 8)} frames: save one of them as a picture`;
    }
    if (type === 'eXIf') {
      orientation = exifOrientation(new DataView(view.buffer, view.byteOffset + at + 8, length)) ?? orientation;
    }
    at += length + AROUND;
  }
  return { height, width, orientation, unsupported };
}
