// From what hosts show or decode to pictures.

import { QuadlaneError } from '../errors.js';
import { checkOptions } from '../options.js';
import { shown } from '../printable.js';
import { arrayAs, kindOf } from '../tensor.js';
import { type Channels, type Picture, type Pixels, pictureOf, withChannels } from './picture.js';

/** `ImageData`, or bytes with their extents: 1, 3 or 4 a pixel, row by row. */
export interface RawPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

type Globals = typeof globalThis;

/** The host's own type of that name, where the program's type libraries have it. */
type HostObject<Name extends string> = Globals extends { [Key in Name]: { prototype: infer Value } } ? Value : never;

/** What a canvas draws. */
export type Drawable =
  | HostObject<'ImageBitmap'>
  | HostObject<'HTMLCanvasElement'>
  | HostObject<'OffscreenCanvas'>
  | HostObject<'VideoFrame'>
  | HostObject<'HTMLImageElement'>
  | HostObject<'HTMLVideoElement'>;

export interface FromPixelsOptions {
  /** 1: grey; 3: red, green, blue; 4: alpha too. Default: 3. */
  channels?: Channels;
}

/**
 * A picture of what a host has: `ImageData`, raw bytes with their extents, or anything that a canvas draws (an `ImageBitmap`, a
 * canvas, a `VideoFrame`, an image, a video). Grey is ITU-R BT.601's sum; an alpha channel that isn't asked for is left out,
 * not blended with a background.
 * @throws QuadlaneError `ARGUMENT` for anything else, or bytes that don't fit the extents; `HOST` where a host can't draw
 */
export function fromPixels(source: RawPixels | Drawable, options: FromPixelsOptions = {}): Picture {
  const { channels = 3 } = checkOptions('fromPixels()', options, ['channels']);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new QuadlaneError('ARGUMENT', `channels must be 1, 3 or 4; got ${shown(channels)}`);
  }
  const pixels = rawPixels(source) ?? rawPixels(drawn(source))!;
  const result = withChannels(pixels, channels);
  return pictureOf(result === pixels ? { ...pixels, data: pixels.data.slice() } : result);
}

/** Bytes with their extents; undefined for what has none. */
function rawPixels(source: unknown): Pixels | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  const { data, width, height } = source as Partial<RawPixels>;
  const bytes =
    arrayAs('uint8', data) ??
    (kindOf(data) === 'Uint8ClampedArray'
      ? new Uint8Array(data!.buffer, data!.byteOffset, data!.byteLength)
      : undefined);
  if (!bytes) return undefined;
  const channels = bytes.length / (width! * height!);
  const isSize = [width, height].every((size) => Number.isInteger(size) && size! > 0);
  if (isSize && [1, 3, 4].includes(channels)) {
    return { data: bytes, height: height!, width: width!, channels: channels as Channels };
  }
  throw new QuadlaneError(
    'ARGUMENT',
    `fromPixels() takes 1, 3 or 4 bytes for each of width x height pixels; got ${bytes.length} for ${shown(width)} x ${shown(height)}`,
  );
}

interface Extents {
  readonly [name: string]: unknown;
}

/** Extents of what a canvas draws, by what each kind calls them, the kind's own before those of the page's layout. */
const extents = [
  ['displayWidth', 'displayHeight'],
  ['videoWidth', 'videoHeight'],
  ['naturalWidth', 'naturalHeight'],
  ['width', 'height'],
] as const;

/** What a canvas makes of `source`. */
function drawn(source: unknown): RawPixels {
  const object = (typeof source === 'object' && source !== null ? source : {}) as Extents;
  const names = extents.find(([width, height]) => Number(object[width]) > 0 && Number(object[height]) > 0);
  if (!names) {
    throw new QuadlaneError(
      'ARGUMENT',
      `fromPixels() takes ImageData, { data, width, height }, or what a canvas draws, with at least one pixel; got ${shown(source)}`,
    );
  }
  const [width, height] = names.map((name) => Number(object[name]));
  try {
    const context = canvas(width, height).getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    context.drawImage(source as CanvasImageSource, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch (cause) {
    throw new QuadlaneError(
      'HOST',
      `fromPixels() can't draw ${kindOf(source)} here: it needs a canvas, and a picture of the page's own origin; pass { data, width, height }`,
      { cause },
    );
  }
}

function canvas(width: number, height: number): HTMLCanvasElement | OffscreenCanvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}
