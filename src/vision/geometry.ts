// Parts of pictures, and pictures with something around them.

import { QuadlaneError } from '../errors.js';
import type { WasmModule } from '../hostTypes.js';
import { binaryAtOnce } from '../model/load.js';
import { checkOptions, numberIn, oneOf } from '../options.js';
import { type SidePadding, sidesOf } from '../windowOptions.js';
import { type ResizeMethod, resizeMethods } from './coefficients.js';
import { type Picture, type PictureSize, type Pixels, pictureOf, pixelsOf, sizesOf } from './picture.js';
import { resizedBy, wholeOf } from './resize.js';

/** What stands around a picture: one value, its mirror image without the edge, its edge, or the picture again. */
export type PaddingMode = 'constant' | 'reflect' | 'edge' | 'circular';

export interface PadOptions {
  /** Default: constant. */
  mode?: PaddingMode;
  /** The byte that `constant` repeats. Default: 0. */
  value?: number;
}

/** The place in an axis of `extent` pixels that is seen at `at`, outside it too; -1 for none. */
const places: Readonly<Record<PaddingMode, (at: number, extent: number) => number>> = {
  constant: (at, extent) => (at >= 0 && at < extent ? at : -1),
  edge: (at, extent) => Math.min(extent - 1, Math.max(0, at)),
  circular: (at, extent) => ((at % extent) + extent) % extent,
  reflect(at, extent) {
    const period = Math.max(1, 2 * (extent - 1));
    const folded = ((at % period) + period) % period;
    return Math.min(folded, period - folded) % extent;
  },
};

/**
 * A picture with pixels around it.
 * @param padding the same on all sides, `[top, left, bottom, right]` or sides by name
 * @throws QuadlaneError `ARGUMENT`
 */
export function pad(picture: Picture, padding: SidePadding, options: PadOptions = {}): Picture {
  const pixels = pixelsOf('pad()', picture);
  const { mode = 'constant', value = 0 } = checkOptions('pad()', options, ['mode', 'value']);
  oneOf('mode', mode, Object.keys(places) as PaddingMode[]);
  const sides = sidesOf(padding, 2);
  return pictureOf(padded(pixels, sides, mode, byte('value', value)));
}

function byte(option: string, value: number): number {
  return numberIn(option, value, { from: 0, to: 255, whole: true });
}

function padded(pixels: Pixels, [top, left, bottom, right]: readonly number[], mode: PaddingMode, value: number) {
  const { data, height, width, channels } = pixels;
  const place = places[mode];
  const result = { height: height + top + bottom, width: width + left + right, channels };
  const bytes = new Uint8Array(result.height * result.width * channels).fill(value);
  const columns = Array.from({ length: result.width }, (_, column) => place(column - left, width));
  for (let row = 0; row < result.height; row++) {
    const from = place(row - top, height);
    if (from < 0) continue;
    const source = data.subarray(from * width * channels, (from + 1) * width * channels);
    const target = row * result.width * channels;
    bytes.set(source, target + left * channels);
    if (mode === 'constant') continue;
    for (let column = 0; column < result.width; column++) {
      if (column === left) column += width;
      if (column >= result.width) break;
      const start = columns[column] * channels;
      bytes.set(source.subarray(start, start + channels), target + column * channels);
    }
  }
  return { ...result, data: bytes };
}

/**
 * The part in the middle, as torchvision's CenterCrop takes it (a half pixel goes to the even place).
 * @throws QuadlaneError `ARGUMENT` where the picture is smaller
 */
export function centerCrop(picture: Picture, size: PictureSize): Picture {
  const { data, height, width, channels } = pixelsOf('centerCrop()', picture);
  const [rows, columns] = sizesOf('size', size);
  if (rows > height || columns > width) {
    throw new QuadlaneError(
      'ARGUMENT',
      `centerCrop() to ${columns} x ${rows} pixels takes a picture of at least that, not of ${width} x ${height}: resize() or pad() it first`,
    );
  }
  const [top, left] = [halfOf(height - rows), halfOf(width - columns)];
  const bytes = new Uint8Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * width + left) * channels;
    bytes.set(data.subarray(from, from + columns * channels), row * columns * channels);
  }
  return pictureOf({ data: bytes, height: rows, width: columns, channels });
}

/** Half of a whole number; halves to the even neighbour. */
function halfOf(value: number): number {
  const below = Math.floor(value / 2);
  return value % 2 === 0 || below % 2 === 0 ? below : below + 1;
}

export interface LetterboxOptions {
  /** Default: bilinear. */
  method?: ResizeMethod;
  /** The byte around the picture. Default: 114, as YOLO's networks are trained. */
  value?: number;
}

/** A picture that was fitted into another size, and the way back. */
export interface Letterboxed {
  readonly picture: Picture;
  /** Pixels of the result for one of the source: a place x in the result is (x - left) / scale in the source. */
  readonly scale: number;
  /** Pixels to the left of what was fitted in. */
  readonly left: number;
  /** Pixels above it. */
  readonly top: number;
}

/**
 * The whole picture in another size, its proportions kept, in the middle between bars.
 * Call `await ready()` once before on hosts that fetch the binary (browsers).
 * @throws QuadlaneError `ARGUMENT`, `MEMORY`, `HOST` where the binary isn't there
 */
export function letterbox(picture: Picture, size: PictureSize, options: LetterboxOptions = {}): Letterboxed {
  const pixels = pixelsOf('letterbox()', picture);
  const { method = 'bilinear', value = 114 } = checkOptions('letterbox()', options, ['method', 'value']);
  oneOf('method', method, resizeMethods);
  byte('value', value);
  const { pixels: fitted, ...place } = letterboxedBy(binaryAtOnce(), pixels, sizesOf('size', size), method, value);
  return { picture: pictureOf(fitted), ...place };
}

/** What `letterbox` gives, computed by `module`. */
export function letterboxedBy(
  module: WasmModule,
  pixels: Pixels,
  [rows, columns]: readonly [number, number],
  method: ResizeMethod,
  value: number,
) {
  const scale = Math.min(rows / pixels.height, columns / pixels.width);
  const height = Math.min(rows, Math.max(1, Math.round(pixels.height * scale)));
  const width = Math.min(columns, Math.max(1, Math.round(pixels.width * scale)));
  const inner = resizedBy(module, pixels, wholeOf(pixels), [height, width], method);
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  const sides = [top, left, rows - height - top, columns - width - left];
  return { pixels: padded(inner, sides, 'constant', value), scale, left, top };
}
