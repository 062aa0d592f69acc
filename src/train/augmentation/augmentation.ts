// Images changed at random, so that a network sees each of them anew in every epoch.

import { QuadlaneError } from '../../errors.js';
import { checkOptions, numberIn, oneOf, type Range } from '../../options.js';
import { shown } from '../../printable.js';
import { formatShape } from '../../shape.js';
import { Tensor } from '../../tensor.js';
import type { Random } from '../random.js';
import { type Affine, affinePlaces, distort, type Places } from './displacement.js';

/** What may happen to an image; what isn't named doesn't. Everything is drawn uniformly, for each image anew. */
export interface AugmentationOptions {
  /** Moves by at most this many pixels, on each axis. */
  shift?: number | readonly [x: number, y: number];
  /** Turns by at most this many degrees, either way. */
  rotate?: number;
  /** Grows or shrinks by a factor between these two. */
  scale?: readonly [least: number, most: number];
  /** Mirrors one image of two: left and right, top and bottom, or each by itself. */
  flip?: 'horizontal' | 'vertical' | 'both';
  /** Cuts out a part of this size, anywhere inside. */
  crop?: readonly [height: number, width: number];
  /** Moves pixels along a smooth random field (Simard 2003). Typical for 28x28 digits: strength 34, smoothness 4. */
  elastic?: { readonly strength: number; readonly smoothness: number };
  /** Adds a number of at most this size to all of the image. */
  brightness?: number;
  /** Multiplies the distance from the image's mean by a factor of 1 plus or minus at most this. */
  contrast?: number;
  /** Covers `count` (default: 1) squares of `size` pixels with `value` (default: 0), anywhere (DeVries and Taylor 2017). */
  cutout?: { readonly size: number; readonly count?: number; readonly value?: number };
  /** What shows where the image doesn't reach. Default: 0. */
  fill?: number;
  /** Where the channels are: `last` as in `[N, H, W, C]` (default), or `first` as in `[N, C, H, W]`. */
  channels?: 'last' | 'first';
}

const augmentationOptions = [
  ...(['shift', 'rotate', 'scale', 'flip', 'crop', 'elastic', 'brightness', 'contrast'] as const),
  ...(['cutout', 'fill', 'channels'] as const),
] as const;

/** Height, width, channels, and how many elements neighbours are apart. */
interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixel: number;
  readonly channel: number;
}

export class Augmentation {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Augmentation';

  private readonly geometric: boolean;

  /** @throws QuadlaneError `ARGUMENT` for amounts that can't be */
  constructor(readonly options: AugmentationOptions) {
    checkOptions('augmentation()', options, augmentationOptions);
    const { shift = 0, rotate, scale, flip, crop, elastic, brightness, contrast, cutout, fill, channels } = options;
    if (elastic) {
      const { strength, smoothness } = checkOptions('elastic', elastic, ['strength', 'smoothness']);
      numberIn('augmentation(): elastic.strength', strength, { from: 0 });
      numberIn('augmentation(): elastic.smoothness', smoothness, { above: 0 });
    }
    if (cutout) {
      const { size } = checkOptions('cutout', cutout, ['size', 'count', 'value']);
      numberIn('augmentation(): cutout.size', size, { above: 0, whole: true });
    }
    for (const [name, pair] of Object.entries({ scale, crop })) {
      if (pair === undefined || (Array.isArray(pair) && pair.length === 2)) continue;
      throw new QuadlaneError('ARGUMENT', `augmentation(): ${name} must be a list of two; got ${shown(pair)}`);
    }
    checkEach({ rotate, brightness, contrast }, { from: 0 });
    for (const way of [shift].flat()) checkEach({ shift: way }, { from: 0 });
    const [height, width] = crop ?? [];
    checkEach({ height, width }, { above: 0, whole: true });
    checkEach({ 'cutout.count': cutout?.count }, { from: 0, whole: true });
    checkEach({ 'cutout.value': cutout?.value, fill }, {});
    if (flip !== undefined) oneOf('augmentation(): flip', flip, ['horizontal', 'vertical', 'both']);
    if (channels !== undefined) oneOf('augmentation(): channels', channels, ['last', 'first']);
    for (const factor of scale ?? []) checkEach({ 'a factor of scale': factor }, { above: 0 });
    if (scale && scale[1] < scale[0]) {
      throw new QuadlaneError(
        'ARGUMENT',
        `augmentation(): scale must be two factors, the greater one last; got ${shown(scale)}`,
      );
    }
    this.geometric = [shift, rotate, scale, flip, crop, elastic].some((one) => one !== undefined && one !== 0);
  }

  /** Shape of what comes of images of `shape`: another one only where they are cropped. */
  shapeOf(shape: readonly number[]): readonly number[] {
    const [height, width] = this.options.crop ?? [];
    if (height === undefined) return shape;
    return this.options.channels === 'first'
      ? [...shape.slice(0, -2), height, width!]
      : [...shape.slice(0, -3), height, width!, shape.at(-1)!];
  }

  /**
   * New images from `images`, `[N, H, W, C]` (or `[N, C, H, W]`), each changed in its own way.
   * @throws QuadlaneError `SHAPE` for tensors that aren't images of float32, or too small to be cropped
   */
  apply(images: Tensor, random: Random): Tensor<'float32'> {
    const { crop, channels: place = 'last' } = this.options;
    const { shape, dtype, data } = images;
    if (shape.length !== 4 || dtype !== 'float32') {
      const wanted = place === 'last' ? '[N, H, W, C]' : '[N, C, H, W]';
      throw new QuadlaneError(
        'SHAPE',
        `augmentation takes float32 images ${wanted}, not ${dtype} ${formatShape(shape)}`,
      );
    }
    const from = layoutOf(shape, place);
    if (crop && (crop[0] > from.height || crop[1] > from.width)) {
      throw new QuadlaneError(
        'SHAPE',
        `images of ${from.height}x${from.width} can't be cropped to ${crop[0]}x${crop[1]}`,
      );
    }
    const target = this.shapeOf(shape);
    const to = layoutOf(target, place);
    const [before, after] = [from, to].map(({ height, width, channels }) => height * width * channels);
    const result = new Float32Array(shape[0] * after);
    for (let image = 0; image < shape[0]; image++) {
      const source = data.subarray(image * before, (image + 1) * before);
      const changed = result.subarray(image * after, (image + 1) * after);
      if (this.geometric) resample(source, from, changed, to, this.places(from, to, random), this.options.fill ?? 0);
      else changed.set(source);
      this.tint(changed, random);
      this.cover(changed, to, random);
    }
    return new Tensor('float32', [...target], result);
  }

  private places(from: Layout, to: Layout, random: Random): Places {
    const { shift = 0, rotate = 0, scale = [1, 1], flip, elastic } = this.options;
    const most = typeof shift === 'number' ? [shift, shift] : shift;
    const affine: Affine = {
      angle: (random.uniform(-rotate, rotate) * Math.PI) / 180,
      scale: random.uniform(scale[0], scale[1]),
      shift: [random.uniform(-most[0], most[0]), random.uniform(-most[1], most[1])],
      mirrored: [
        (flip === 'horizontal' || flip === 'both') && random.integer(2) === 1,
        (flip === 'vertical' || flip === 'both') && random.integer(2) === 1,
      ],
    };
    const { height, width } = to;
    const cut = {
      height,
      width,
      top: random.integer(from.height - height + 1),
      left: random.integer(from.width - width + 1),
    };
    const places = affinePlaces(from, cut, affine);
    if (elastic) distort(places, [height, width], elastic.strength, elastic.smoothness, random);
    return places;
  }

  /** Brightness and contrast. */
  private tint(image: Float32Array, random: Random): void {
    const { brightness = 0, contrast = 0 } = this.options;
    if (brightness === 0 && contrast === 0) return;
    const added = random.uniform(-brightness, brightness);
    const factor = random.uniform(1 - contrast, 1 + contrast);
    let mean = 0;
    for (const value of image) mean += value;
    mean /= image.length;
    for (let i = 0; i < image.length; i++) image[i] = mean + (image[i] - mean) * factor + added;
  }

  /** Cutout: squares around any pixel, the parts outside the image left out. */
  private cover(image: Float32Array, { height, width, channels, pixel, channel }: Layout, random: Random): void {
    const { size = 0, count = 1, value = 0 } = this.options.cutout ?? {};
    for (let square = 0; size > 0 && square < count; square++) {
      const [top, left] = [random.integer(height), random.integer(width)].map((center) => center - (size >> 1));
      for (let row = Math.max(0, top); row < Math.min(height, top + size); row++) {
        for (let column = Math.max(0, left); column < Math.min(width, left + size); column++) {
          for (let c = 0; c < channels; c++) image[(row * width + column) * pixel + c * channel] = value;
        }
      }
    }
  }
}

/**
 * Random changes of images, for `fit` or by hand.
 * @throws QuadlaneError `ARGUMENT` for amounts that can't be
 */
export function augmentation(options: AugmentationOptions): Augmentation {
  return new Augmentation(options);
}

function layoutOf(shape: readonly number[], place: 'last' | 'first'): Layout {
  const [height, width, channels] = place === 'last' ? shape.slice(-3) : [shape.at(-2)!, shape.at(-1)!, shape.at(-3)!];
  const last = place === 'last';
  return { height, width, channels, pixel: last ? channels : 1, channel: last ? 1 : height * width };
}

/** Shows `source` at `places`, between four pixels in proportion to their nearness; `fill` outside. */
function resample(
  source: Float32Array,
  from: Layout,
  target: Float32Array,
  to: Layout,
  { x, y }: Places,
  fill: number,
) {
  const pixels = to.height * to.width;
  const row = from.width * from.pixel;
  for (let i = 0; i < pixels; i++) {
    const [left, top] = [Math.floor(x[i]), Math.floor(y[i])];
    const [right, below] = [x[i] - left, y[i] - top];
    const inLeft = left >= 0 && left < from.width;
    const inRight = left >= -1 && left < from.width - 1;
    const inTop = top >= 0 && top < from.height;
    const inBelow = top >= -1 && top < from.height - 1;
    for (let c = 0; c < to.channels; c++) {
      const at = top * row + left * from.pixel + c * from.channel;
      const a = inTop && inLeft ? source[at] : fill;
      const b = inTop && inRight ? source[at + from.pixel] : fill;
      const d = inBelow && inLeft ? source[at + row] : fill;
      const e = inBelow && inRight ? source[at + row + from.pixel] : fill;
      const upper = a + (b - a) * right;
      const lower = d + (e - d) * right;
      target[i * to.pixel + c * to.channel] = upper + (lower - upper) * below;
    }
  }
}

/** @throws QuadlaneError `ARGUMENT` for the first of `amounts` that is given and isn't in `range` */
function checkEach(amounts: Readonly<Record<string, number | undefined>>, range: Range): void {
  for (const [name, value] of Object.entries(amounts)) {
    if (value !== undefined) numberIn(`augmentation(): ${name}`, value, range);
  }
}
