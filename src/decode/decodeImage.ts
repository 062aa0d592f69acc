// From the bytes of a picture file to the picture, the same on every host.

import { QuadlaneError } from '../errors.js';
import type { WasmModule } from '../hostTypes.js';
import { checkOptions, numberIn } from '../options.js';
import { messageOf, shown } from '../printable.js';
import { bytesIn } from '../tensor.js';
import { type Picture, pictureOf } from '../vision/picture.js';
import { decodeBy } from './decoders.js';
import { damaged, headerOf, type ImageKind } from './header.js';
import { upright } from './orientation.js';

/** Binaries of decoders, compiled. */
export type DecoderModules = Partial<Record<ImageKind, WasmModule>>;

export interface DecodeOptions {
  /** Binaries of @jsquash's decoders for hosts that can neither find nor compile them, such as Cloudflare Workers. */
  modules?: DecoderModules;
  limits?: {
    /** Most pixels of a picture; a file that says more isn't decoded. Default: 2^26. */
    pixels?: number;
  };
}

/** A quarter of a gigabyte. */
const MOST_PIXELS = 2 ** 26;

/**
 * A picture `[H, W, 4]` (red, green, blue, alpha) from the bytes of a JPEG, PNG, WebP or AVIF file, turned as EXIF or the file
 * says; 16 bits a channel become 8. The decoders are those of the packages @jsquash/jpeg, /png, /webp and /avif, which a
 * program installs for the kinds that it reads.
 * @throws QuadlaneError `ARGUMENT`; `FORMAT` for what is no picture, damaged or truncated; `UNSUPPORTED` for other kinds of
 * pictures, animations and CMYK; `LIMIT` for too many pixels; `HOST` where a decoder isn't there
 */
export async function decodeImage(bytes: Uint8Array | ArrayBuffer, options: DecodeOptions = {}): Promise<Picture> {
  const { modules = {}, limits = {} } = checkOptions('decodeImage()', options, ['modules', 'limits']);
  const { pixels: most = MOST_PIXELS } = checkOptions('limits', limits, ['pixels']);
  numberIn('limits.pixels', most, { from: 1 });
  const given = bytesIn(bytes);
  if (!given) {
    throw new QuadlaneError('ARGUMENT', `decodeImage() takes the bytes of a file, a Uint8Array; got ${shown(bytes)}`);
  }
  const { kind, width, height, orientation } = headerOf(given);
  if (width * height > most) {
    throw new QuadlaneError(
      'LIMIT',
      `the picture has ${width} x ${height} pixels, more than limits.pixels allows (${most}): scale it down, or raise the limit`,
    );
  }
  const decoded = await decodeBy(kind, given, modules[kind]).catch((cause) => {
    throw cause instanceof QuadlaneError ? cause : damaged(kind, messageOf(cause), cause);
  });
  if (decoded.width !== width || decoded.height !== height) {
    throw damaged(
      kind,
      `its header says ${width} x ${height} pixels, and ${decoded.width} x ${decoded.height} are there`,
    );
  }
  const { buffer, byteOffset, byteLength } = decoded.data;
  const data = new Uint8Array(buffer, byteOffset, byteLength);
  return pictureOf(upright({ data, width, height, channels: 4 }, orientation));
}
