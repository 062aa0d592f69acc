// The segments of a JPEG file (ITU-T T.81, annex B).

import { exifOrientation } from './exif.js';
import type { Orientation } from './orientation.js';
import type { Header } from './stored.js';

const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
/** "Exif" and two zeros. */
const EXIF_BYTES = 6;

/** What starts a frame: SOF0 to SOF15, between which stand other tables. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers without a segment: restarts, start of image and TEM. */
const isAlone = (marker: number) => (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;

/** @throws RangeError where the file ends before its picture does */
export function jpegHeader(view: DataView): Header {
  let found = { height: 0, width: 0, components: 0 };
  let orientation: Orientation = 1;
  let at = 2;
  for (;;) {
    at = markerAt(view, at);
    const marker = view.getUint8(at + 1);
    at += 2;
    if (marker === END_OF_IMAGE) break;
    if (isAlone(marker)) continue;
    const length = view.getUint16(at);
    if (isFrame(marker)) {
      found = { height: view.getUint16(at + 3), width: view.getUint16(at + 5), components: view.getUint8(at + 7) };
    } else if (marker === APP1 && length > 2 + EXIF_BYTES && view.getUint32(at + 2) === 0x45786966) {
      const start = view.byteOffset + at + 2 + EXIF_BYTES;
      const end = Math.min(start + length - 2 - EXIF_BYTES, view.byteOffset + view.byteLength);
      orientation = exifOrientation(new DataView(view.buffer, start, end - start)) ?? orientation;
    }
    at += length;
  }
  const { height, width, components } = found;
  return {
    height,
    width,
    orientation,
    unsupported: components === 4 ? 'in CMYK, for print: save it in RGB' : undefined,
  };
}

/** The next marker from `at` on, past the data of a scan and fill bytes. */
function markerAt(view: DataView, at: number): number {
  for (let place = at; ; place++) {
    if (view.getUint8(place) !== 0xff) continue;
    const next = view.getUint8(place + 1);
    if (next !== 0 && next !== 0xff) return place;
  }
}
