// The boxes of an AVIF file (ISO/IEC 23008-12): of its primary item the size, and how it is turned.

import { characters } from './exif.js';
import type { Orientation } from './orientation.js';
import type { Header } from './stored.js';

interface Box {
  readonly type: string;
  /** Where its content lies. */
  readonly start: number;
  readonly end: number;
}

/** Bytes of version and flags. */
const FULL = 4;

/** EXIF's numbers for 0, 90, 180, 270 degrees anticlockwise: as they are, then top and bottom exchanged, or left and right. */
const orientations: readonly (readonly Orientation[])[] = [
  [1, 8, 3, 6],
  [4, 5, 2, 7],
  [2, 7, 4, 5],
];

/** @throws RangeError where the file ends before its picture does */
export function avifHeader(view: DataView): Header {
  const file = boxesIn(view, 0, view.byteLength);
  const meta = file.find(({ type }) => type === 'meta');
  const inMeta = meta ? boxesIn(view, meta.start + FULL, meta.end) : [];
  const iprp = inMeta.find(({ type }) => type === 'iprp');
  const [ipco, ...others] = iprp ? boxesIn(view, iprp.start, iprp.end) : [];
  const pitm = inMeta.find(({ type }) => type === 'pitm');
  const properties = ipco ? boxesIn(view, ipco.start, ipco.end) : [];
  const primary = pitm
    ? (view.getUint8(pitm.start) === 0 ? view.getUint16 : view.getUint32).call(view, pitm.start + FULL)
    : 0;
  const own = others.flatMap((box) => (box.type === 'ipma' ? associated(view, box, primary) : []));
  const propertyOf = (name: string) => own.map((index) => properties[index - 1]).find((box) => box?.type === name);
  const [ispe, irot, imir] = ['ispe', 'irot', 'imir'].map(propertyOf);
  const angle = irot ? view.getUint8(irot.start) & 3 : 0;
  const mirror = imir ? 1 + (view.getUint8(imir.start) & 1) : 0;
  return {
    width: ispe ? view.getUint32(ispe.start + FULL) : 0,
    height: ispe ? view.getUint32(ispe.start + FULL + 4) : 0,
    orientation: orientations[mirror][angle],
    unsupported: characters(view, 8, 4) === 'avis' ? 'an animation: save one of its frames as a picture' : undefined,
  };
}

function boxesIn(view: DataView, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const short = view.getUint32(at);
    const isLong = short === 1;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    const end = at + length;
    if (end > to || length < 8) throw new RangeError('a box ends behind what it is in');
    boxes.push({ type: characters(view, at + 4, 4), start: at + (isLong ? 16 : 8), end });
    at = end;
  }
  return boxes;
}

/** Numbers, from 1 on, of the properties of `item`. */
function associated(view: DataView, { start }: Box, item: number): number[] {
  const version = view.getUint8(start);
  const isWide = (view.getUint8(start + 3) & 1) === 1;
  const count = view.getUint32(start + FULL);
  let at = start + FULL + 4;
  for (let entry = 0; entry < count; entry++) {
    const id = version === 0 ? view.getUint16(at) : view.getUint32(at);
    at += version === 0 ? 2 : 4;
    const properties = view.getUint8(at++);
    const width = isWide ? 2 : 1;
    if (id === item) {
      return Array.from({ length: properties }, (_, index) =>
        isWide ? view.getUint16(at + 2 * index) & 0x7fff : view.getUint8(at + index) & 0x7f,
      );
    }
    at += properties * width;
  }
  return [];
}
