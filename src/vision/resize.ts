// Pictures in other sizes.

import { QuadlaneError } from '../errors.js';
import type { WasmModule } from '../hostTypes.js';
import { binaryAtOnce } from '../model/load.js';
import { checkOptions, flag, oneOf } from '../options.js';
import { shown } from '../printable.js';
import { pixelTaps, type ResizeMethod, resizeMethods } from './coefficients.js';
import { type Picture, type PictureSize, type Pixels, pictureOf, pixelsOf, sizesOf } from './picture.js';
import { resample } from './resampler.js';

/** A part of a picture, in its pixels, fractions of them too. */
export interface PictureBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ResizePictureOptions {
  /** Default: bilinear. */
  method?: ResizeMethod;
  /** Widens the filter where the picture shrinks, as Pillow and what networks are trained with do. Default: true. */
  antialias?: boolean;
  /** The part of the picture that is taken. Default: all of it. */
  box?: PictureBox;
}

/**
 * A picture in another size: to the byte what Pillow's `resize` gives with its filters NEAREST, BILINEAR, BICUBIC, BOX and LANCZOS,
 * on every engine. The channels are resampled apart; colours of transparent pixels count.
 * Call `await ready()` once before on hosts that fetch the binary (browsers).
 * @throws QuadlaneError `ARGUMENT`, `MEMORY`, `HOST` where the binary isn't there
 */
export function resize(picture: Picture, size: PictureSize, options: ResizePictureOptions = {}): Picture {
  const pixels = pixelsOf('resize()', picture);
  const known = ['method', 'antialias', 'box'] as const;
  const { method = 'bilinear', antialias = true, box } = checkOptions('resize()', options, known);
  oneOf('method', method, resizeMethods);
  flag('antialias', antialias);
  const [height, width] = sizesOf('size', size);
  const part = box === undefined ? wholeOf(pixels) : checkBox(box, pixels);
  return pictureOf(resizedBy(binaryAtOnce(), pixels, part, [height, width], method, antialias));
}

/** All of a picture. */
export function wholeOf({ height, width }: Pixels): PictureBox {
  return { left: 0, top: 0, width, height };
}

/** What `resize` gives, computed by `module`. */
export function resizedBy(
  module: WasmModule,
  pixels: Pixels,
  box: PictureBox,
  [height, width]: readonly [number, number],
  method: ResizeMethod,
  antialias = true,
): Pixels {
  const rows = { extent: pixels.height, size: height, from: box.top, to: box.top + box.height };
  const columns = { extent: pixels.width, size: width, from: box.left, to: box.left + box.width };
  const taps = [rows, columns].map((part) =>
    part.size === part.extent && part.from === 0 && part.to === part.extent
      ? undefined
      : pixelTaps(part, method, antialias),
  );
  if (!taps[0] && !taps[1]) return { ...pixels, data: pixels.data.slice() };
  return resample(module, pixels, taps[0], taps[1]);
}

function checkBox(box: PictureBox, { height, width }: Pixels): PictureBox {
  const known = ['left', 'top', 'width', 'height'] as const;
  const part = checkOptions('box', box, known);
  const numbers = known.map((name) => part[name]);
  const isInside =
    numbers.every((value) => typeof value === 'number' && Number.isFinite(value) && value >= 0) &&
    part.width > 0 &&
    part.height > 0 &&
    part.left + part.width <= width &&
    part.top + part.height <= height;
  if (isInside) return part;
  throw new QuadlaneError(
    'ARGUMENT',
    `box must be { left, top, width, height } inside the picture of ${width} x ${height} pixels; got ${shown(numbers)}`,
  );
}
