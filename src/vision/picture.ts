// Pictures: tensors of bytes, [H, W, C], with one channel (grey), three (red, green, blue) or four (and alpha).

import { QuadlaneError } from '../errors.js';
import { checkNames } from '../options.js';
import { shown } from '../printable.js';
import { formatShape } from '../shape.js';
import { asTensor, Tensor } from '../tensor.js';
import { perAxis } from '../windowOptions.js';

/** A picture: `[H, W, C]` of uint8, C being 1 (grey), 3 (red, green, blue) or 4 (and alpha). */
export type Picture = Tensor<'uint8'>;

/** Channels of a picture. */
export type Channels = 1 | 3 | 4;

/** Rows and columns of a result: `[height, width]`, one number for both, or by name. */
export type PictureSize = number | readonly number[] | { height: number; width: number };

/** A picture's bytes and extents. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: Channels;
}

/**
 * What `picture` holds.
 * @param call what takes it, as an error names it
 * @throws QuadlaneError `ARGUMENT` for anything but a picture with at least one pixel
 */
export function pixelsOf(call: string, picture: unknown): Pixels {
  const given = asTensor(picture);
  if (!given) {
    throw new QuadlaneError(
      'ARGUMENT',
      `${call} takes a picture, a uint8 tensor [H, W, C]: make one with fromPixels() or decodeImage(); got ${shown(picture)}`,
    );
  }
  const [height, width, channels] = given.shape;
  const isPicture = given.dtype === 'uint8' && given.shape.length === 3 && [1, 3, 4].includes(channels);
  if (!isPicture || height === 0 || width === 0) {
    throw new QuadlaneError(
      'ARGUMENT',
      `${call} takes a picture, a uint8 tensor [H, W, C] of 1, 3 or 4 channels and at least one pixel, not ${given.dtype} ${formatShape(given.shape)}`,
    );
  }
  return { data: given.data as Uint8Array, height, width, channels: channels as Channels };
}

/** A picture of these bytes. */
export function pictureOf({ data, height, width, channels }: Pixels): Picture {
  return new Tensor('uint8', [height, width, channels], data);
}

/**
 * Height and width that `size` says.
 * @throws QuadlaneError `ARGUMENT`
 */
export function sizesOf(option: string, size: PictureSize): [height: number, width: number] {
  if (typeof size === 'object' && size !== null && !Array.isArray(size)) {
    const { height, width } = checkNames(option, size as { height: number; width: number }, ['height', 'width']);
    return perAxis(option, [height, width], 2) as [number, number];
  }
  return perAxis(option, size as number | readonly number[], 2) as [number, number];
}

/** Weights of red, green and blue in grey, in units of 2^-16: ITU-R BT.601's, as Pillow's "L". */
const GREY = [19595, 38470, 7471] as const;

/** The same picture with other channels: grey is the weighted sum of colours, alpha is left out, or is 255. */
export function withChannels(pixels: Pixels, channels: Channels): Pixels {
  if (pixels.channels === channels) return pixels;
  const { data, height, width, channels: given } = pixels;
  const count = height * width;
  const result = new Uint8Array(count * channels);
  const isGrey = given === 1;
  for (let pixel = 0; pixel < count; pixel++) {
    const from = pixel * given;
    const to = pixel * channels;
    const red = data[from];
    const green = isGrey ? red : data[from + 1];
    const blue = isGrey ? red : data[from + 2];
    if (channels === 1) {
      result[to] = (red * GREY[0] + green * GREY[1] + blue * GREY[2] + 0x8000) >> 16;
      continue;
    }
    result[to] = red;
    result[to + 1] = green;
    result[to + 2] = blue;
    if (channels === 4) result[to + 3] = 255;
  }
  return { data: result, height, width, channels };
}
