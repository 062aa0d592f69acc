// How a picture becomes what a network takes: a plain object that JSON holds, and presets by name.

import { QuadlaneError } from '../errors.js';
import { checkOptions, flag, numberIn, oneOf } from '../options.js';
import { shown } from '../printable.js';
import { type ResizeMethod, resizeMethods } from './coefficients.js';
import { type PictureSize, sizesOf } from './picture.js';

/** How a picture meets the network's size: its middle is taken, it is stretched, or fitted in between bars. */
export type Fit = 'crop' | 'stretch' | 'letterbox';

/** From bytes to what a network takes: each value is (byte * scale - mean) / std, channel by channel. */
export interface Preprocessing {
  /** Rows and columns that the network takes. Default: those that its input declares. */
  size?: PictureSize;
  /** Default: crop. */
  fit?: Fit;
  /** The share of the shorter side that `crop` takes, as 224 of 256. Default: 0.875. */
  crop?: number;
  /** Default: bilinear. */
  method?: ResizeMethod;
  /** Default: true. */
  antialias?: boolean;
  /** The byte around a picture that is fitted in. Default: 114. */
  fill?: number;
  /** Default: 1. */
  scale?: number;
  /** For all channels, or one for each in the network's order. Default: 0. */
  mean?: number | readonly number[];
  /** As `mean`. Default: 1. */
  std?: number | readonly number[];
  /** The network's channels. Default: rgb, and grey where its input has one channel. */
  channels?: 'rgb' | 'bgr' | 'grey';
  /** Where the channels stand. Default: as the input's shape has them. */
  layout?: 'nchw' | 'nhwc';
}

/** The names in `Preprocessing`. */
const names = [
  ...(['size', 'fit', 'crop', 'method', 'antialias', 'fill'] as const),
  ...(['scale', 'mean', 'std', 'channels', 'layout'] as const),
] as const;

/** What a preset says. */
export type PresetName = keyof typeof presets;

/** Preprocessings that many networks share, by name. */
export const presets = {
  /** torchvision, timm and most of what PyTorch trained on ImageNet. */
  imagenet: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  /** TensorFlow's MobileNet, Inception and EfficientNet Lite, timm's "inception" mean. */
  'minus-one-to-one': { scale: 1 / 127.5, mean: 1 },
  /** Networks that normalise inside, or not at all: YOLO, many exports of Keras. */
  'zero-to-one': { scale: 1 / 255 },
  /** Caffe's: SqueezeNet, VGG, ResNet of 2015 and what was converted from them. */
  'caffe-bgr': { channels: 'bgr', mean: [104, 117, 123] },
  /** Bytes as they are: EfficientNet and ResNet of Keras with the normalisation inside, 8-bit networks. */
  raw: {},
  /** Bytes as they are, blue first: many exports of OpenCV's world. */
  'raw-bgr': { channels: 'bgr' },
  /** OpenAI's CLIP and its relatives. */
  clip: {
    scale: 1 / 255,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    method: 'bicubic',
    crop: 1,
  },
} as const satisfies Readonly<Record<string, Preprocessing>>;

/** Names of the presets. */
export const presetNames = Object.keys(presets) as PresetName[];

/**
 * The preprocessing that `given` is, or names.
 * @throws QuadlaneError `ARGUMENT` for unknown presets, misspelt names and values that can't be
 */
export function preprocessingOf(given: Preprocessing | PresetName): Preprocessing {
  if (typeof given === 'string') {
    if (Object.hasOwn(presets, given)) return presets[given];
    throw new QuadlaneError(
      'ARGUMENT',
      `preprocessing must be one of ${presetNames.join(', ')}, or an object; got ${shown(given)}`,
    );
  }
  const { size, fit, crop, method, antialias, fill, scale, mean, std, channels, layout } = checkOptions(
    'preprocessing',
    given,
    names,
  );
  if (size !== undefined) sizesOf('preprocessing.size', size);
  if (fit !== undefined) oneOf('preprocessing.fit', fit, ['crop', 'stretch', 'letterbox']);
  if (crop !== undefined) numberIn('preprocessing.crop', crop, { above: 0, to: 1 });
  if (method !== undefined) oneOf('preprocessing.method', method, resizeMethods);
  if (antialias !== undefined) flag('preprocessing.antialias', antialias);
  if (fill !== undefined) numberIn('preprocessing.fill', fill, { from: 0, to: 255, whole: true });
  if (scale !== undefined) numberIn('preprocessing.scale', scale, {});
  if (channels !== undefined) oneOf('preprocessing.channels', channels, ['rgb', 'bgr', 'grey']);
  if (layout !== undefined) oneOf('preprocessing.layout', layout, ['nchw', 'nhwc']);
  for (const value of listOf(mean ?? 0)) numberIn('preprocessing.mean', value, {});
  for (const value of listOf(std ?? 1)) {
    numberIn('preprocessing.std', value, {});
    if (value === 0) throw new QuadlaneError('ARGUMENT', 'preprocessing.std must be numbers other than 0');
  }
  return given;
}

function listOf(value: number | readonly number[]): readonly number[] {
  return Array.isArray(value) ? value : [value as number];
}
