// What the header of a picture file says: its kind, its size, how it is turned, and whether all of it is there.

import { QuadlaneError } from '../errors.js';
import { printable } from '../printable.js';
import { avifHeader } from './avifHeader.js';
import { jpegHeader } from './jpegHeader.js';
import type { Orientation } from './orientation.js';
import { pngHeader } from './pngHeader.js';
import { webpHeader } from './webpHeader.js';

/** Kinds of files that are decoded. */
export type ImageKind = 'jpeg' | 'png' | 'webp' | 'avif';

/** What is known of a picture before it is decoded. */
export interface Header {
  /** Rows and columns as they are stored, before the picture is turned. */
  readonly height: number;
  readonly width: number;
  readonly orientation: Orientation;
  /** Why it can't be decoded, as in "an animation: ...". */
  readonly unsupported?: string | undefined;
}

/** What is read of each kind; a read behind the end is a RangeError, as DataView throws it. */
const readers: Readonly<Record<ImageKind, (view: DataView) => Header>> = {
  jpeg: jpegHeader,
  png: pngHeader,
  webp: webpHeader,
  avif: avifHeader,
};

/** What each kind is called in errors. */
const names: Readonly<Record<ImageKind, string>> = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF' };

const START_BYTES = 64;

/** Other kinds, by the first characters of their files. */
const others: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^GIF8/, 'a GIF'],
  [/^BM/, 'a BMP'],
  [/^(II\*\0|MM\0\*)/, "a TIFF (or a camera's raw file)"],
  [/^....ftyp(heic|heix|hevc|mif1|msf1)/s, 'a HEIC picture'],
  [/^\0\0\0\x0cJXL |^\xff\x0a/, 'a JPEG XL picture'],
  [/^\0\0\0\x0cjP {2}/, 'a JPEG 2000 picture'],
  [/^\s*<(\?xml|svg|!doctype|html)/i, 'an SVG drawing or a web page'],
  [/^%PDF/, 'a PDF document'],
  [/^PK\x03\x04/, 'a ZIP archive'],
];

/** The kind of a picture file, by its first bytes; undefined for anything else. */
export function kindOfImage(bytes: Uint8Array): ImageKind | undefined {
  const start = startOf(bytes);
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^RIFF....WEBP/s.test(start)) return 'webp';
  return /^....ftyp(avif|avis|(mif1|msf1|miaf).*avi[fs])/s.test(start) ? 'avif' : undefined;
}

/**
 * What the header of a picture says.
 * @throws QuadlaneError `UNSUPPORTED` for other kinds, animations and CMYK, `FORMAT` for damaged and truncated files
 */
export function headerOf(bytes: Uint8Array): Header & { readonly kind: ImageKind } {
  const kind = kindOfImage(bytes);
  if (!kind) throw otherKind(bytes);
  let header: Header;
  try {
    header = readers[kind](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new QuadlaneError(
      'FORMAT',
      `the ${names[kind]} picture is truncated after ${bytes.length} bytes: get the whole file`,
      { cause },
    );
  }
  if (header.unsupported) throw new QuadlaneError('UNSUPPORTED', `the ${names[kind]} picture is ${header.unsupported}`);
  if (header.width > 0 && header.height > 0) return { kind, ...header };
  throw damaged(kind, 'it says no size');
}

/** What a file that can't be decoded is told. */
export function damaged(kind: ImageKind, reason: string, cause?: unknown): QuadlaneError {
  return new QuadlaneError('FORMAT', `the ${names[kind]} picture is damaged (${reason}): get or save it again`, {
    cause,
  });
}

function otherKind(bytes: Uint8Array): QuadlaneError {
  const taken = Object.values(names).join(', ');
  if (bytes.length === 0) return new QuadlaneError('FORMAT', `the file is empty, and no picture (${taken})`);
  const start = startOf(bytes);
  const found = others.find(([pattern]) => pattern.test(start));
  return new QuadlaneError(
    found ? 'UNSUPPORTED' : 'FORMAT',
    found
      ? `this is ${found[1]}: convert it to one of ${taken}`
      : `this is no picture of a known kind (${taken}); it begins with "${printable(start.slice(0, 8))}"`,
  );
}

function startOf(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, START_BYTES), (byte) => String.fromCharCode(byte)).join('');
}
