// From tensors to what canvases show.

import { QuadlaneError } from '../errors.js';
import { checkOptions, numberIn, oneOf } from '../options.js';
import { shown } from '../printable.js';
import { formatShape } from '../shape.js';
import { asTensor, isFloat, readerOf, type Tensor } from '../tensor.js';
import { type ColorMap, colorMaps, colorsOf } from './colorMaps.js';

/** Red, green, blue and alpha of each pixel: `new ImageData(data, width)` takes it. */
export interface RgbaPixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface ToPixelsOptions {
  /** Colours of maps of one channel; `labels` are those of classes, by Pascal VOC's rule. Default: grey. */
  colorMap?: ColorMap;
  /** The numbers that become 0 and 255. Default: 0 and 1 for floats, 0 and 255 for whole numbers. */
  range?: readonly [low: number, high: number];
  /** Where the channels stand. Default: nhwc. */
  layout?: 'nhwc' | 'nchw';
}

/**
 * What a canvas shows of a tensor: `[H, W]`, `[H, W, C]` or, with the layout nchw, `[C, H, W]`, of 1, 3 or 4 channels, with
 * leading axes of 1 where a network puts them out. Numbers outside the range are clamped; NaN becomes 0.
 * @throws QuadlaneError `ARGUMENT`
 */
export function toPixels(image: Tensor, options: ToPixelsOptions = {}): RgbaPixels {
  const given = asTensor(image);
  if (!given) throw new QuadlaneError('ARGUMENT', `toPixels() takes a tensor; got ${shown(image)}`);
  const known = ['colorMap', 'range', 'layout'] as const;
  const { colorMap = 'grey', layout = 'nhwc', range } = checkOptions('toPixels()', options, known);
  oneOf('colorMap', colorMap, colorMaps);
  oneOf('layout', layout, ['nhwc', 'nchw']);
  const [low, high] = boundsOf(range ?? [0, isFloat(given.dtype) ? 1 : 255]);
  const { height, width, channels, step, pixel } = planes(given, layout);
  const read = readerOf(given.dtype);
  // A colour map of classes takes them as they are.
  const scale = colorMap === 'labels' && channels === 1 ? 1 : 255 / (high - low);
  const offset = scale === 1 && colorMap === 'labels' ? 0 : low;
  const byteAt = (at: number) => Math.min(255, Math.max(0, Math.round((read(given.data[at]) - offset) * scale))) || 0;
  const colors = channels === 1 ? colorsOf(colorMap) : undefined;
  const data = new Uint8ClampedArray(height * width * 4);
  for (let index = 0; index < height * width; index++) {
    const first = index * pixel;
    const to = index * 4;
    if (colors) data.set(colors.subarray(3 * byteAt(first), 3 * byteAt(first) + 3), to);
    else for (let channel = 0; channel < 3; channel++) data[to + channel] = byteAt(first + channel * step);
    data[to + 3] = channels === 4 ? byteAt(first + 3 * step) : 255;
  }
  return { data, width, height };
}

function boundsOf(range: readonly number[]): readonly number[] {
  if (!Array.isArray(range) || range.length !== 2) {
    throw new QuadlaneError('ARGUMENT', `range must be [low, high]; got ${shown(range)}`);
  }
  numberIn('range[0]', range[0], {});
  numberIn('range[1]', range[1], { above: range[0] });
  return range;
}

/** Extents, and the elements from channel to channel and from pixel to pixel. */
function planes({ shape }: Tensor, layout: 'nhwc' | 'nchw') {
  const leading = shape.findIndex((extent, axis) => extent !== 1 || axis >= shape.length - 3);
  const inner = shape.slice(Math.max(0, leading));
  const isFlat = inner.length === 2;
  const [channels, height, width] = isFlat ? [1, ...inner] : layout === 'nchw' ? inner : [inner[2], inner[0], inner[1]];
  if (inner.length < 2 || inner.length > 3 || ![1, 3, 4].includes(channels) || height * width === 0) {
    throw new QuadlaneError(
      'ARGUMENT',
      `toPixels() takes [H, W], [H, W, C] or, with the layout nchw, [C, H, W] of 1, 3 or 4 channels, not ${formatShape(shape)}`,
    );
  }
  const isPlanar = layout === 'nchw' && !isFlat;
  return { height, width, channels, step: isPlanar ? height * width : 1, pixel: isPlanar ? 1 : channels };
}
