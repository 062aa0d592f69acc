// What the header of a picture file says: its kind, its size, how it is turned, and whether all of it is there.

import { QuadlaneError } from '../errors.js';
import { printable } from '../printable.js';
import { avifHeader } from './avifHeader.js';
import { jpegHeader } from './jpegHeader.js';
import { pngHeader } from './pngHeader.js';
import type { Header } from './stored.js';
import { webpHeader } from './webpHeader.js';

/** Kinds of files that are decoded. */
export type ImageKind = 'jpeg' | 'png' | 'webp' | 'avif';

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

/** Other kinds, by what stands at the beginning of their files, or behind the length of a first box. */
const others: readonly (readonly [name: string, at: number, signatures: readonly string[]])[] = [
  ['a GIF', 0, ['GIF8']],
  ['a BMP', 0, ['BM']],
  ["a TIFF (or a camera's raw file)", 0, ['II*\0', 'MM\0*']],
  ['a HEIC picture', 4, ['ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1']],
  ['a JPEG XL picture', 4, ['JXL ']],
  ['a JPEG XL picture', 0, ['\xff\x0a']],
  ['a JPEG 2000 picture', 4, ['jP  ']],
  ['an SVG drawing or a web page', 0, ['<svg', '<?xml', '<!']],
  ['a PDF document', 0, ['%PDF']],
  ['a ZIP archive', 0, ['PK\x03\x04']],
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
  const found = others.find(([, at, signatures]) => signatures.some((signature) => start.startsWith(signature, at)));
  return new QuadlaneError(
    found ? 'UNSUPPORTED' : 'FORMAT',
    found
      ? `this is ${found[0]}: convert it to one of ${taken}`
      : `this is no picture of a known kind (${taken}); it begins with "${printable(start.slice(0, 8))}"`,
  );
}

function startOf(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, START_BYTES), (byte) => String.fromCharCode(byte)).join('');
}
