// Networks that classify every pixel: U-Net (Ronneberger et al. 2015) and FCN (Long et al. 2015) on a dilated ResNet.

import { conv2d, convTranspose2d } from '../layers/convolution.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { maxPool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { resizing2d } from '../layers/resizing.js';
import { checkOptions } from '../options.js';
import { image, network, type ZooOptions, zooOptions } from './architecture.js';
import { convNorm, numberedConvNorm } from './blocks.js';
import { resnetStages } from './resnet.js';

export interface UnetOptions extends ZooOptions {
  /** Classes of a pixel. Default: 2. */
  classes?: number;
  /** Channels at full size; each of the four stages down doubles them. Default: 64. */
  width?: number;
}

const STAGES = 4;

/**
 * U-Net with padded convolutions and batch norm: `image` `[256, 256, 3]` (sizes that 16 divides) to `logits`
 * `[256, 256, classes]`; 31,037,698 parameters, named as in milesial's PyTorch implementation.
 */
export function unet(options: UnetOptions = {}): Network<'logits'> {
  checkOptions('unet', options, [...zooOptions, 'classes', 'width']);
  const { width = 64, classes = 2 } = options;
  const x = image(options, 256);
  const skips = [doubleConv(x, 'inc', width)];
  for (let stage = 1; stage <= STAGES; stage++) {
    const smaller = maxPool2d()(skips[stage - 1]);
    skips.push(doubleConv(smaller, `down${stage}.maxpool_conv.1`, width * 2 ** stage));
  }
  let y = skips[STAGES];
  for (let stage = 1; stage <= STAGES; stage++) {
    const filters = width * 2 ** (STAGES - stage);
    const larger = convTranspose2d({ filters, kernelSize: 2, strides: 2, name: `up${stage}.up` })(y);
    y = doubleConv(concat()([skips[STAGES - stage], larger]), `up${stage}.conv`, filters);
  }
  const logits = conv2d({ filters: classes, kernelSize: 1, name: 'outc.conv' })(y);
  return network(x, { logits }, options);
}

function doubleConv(x: Value, name: string, filters: number): Value {
  const layer = { filters, kernelSize: 3, activation: 'relu' } as const;
  const first = numberedConvNorm(x, `${name}.double_conv`, layer);
  return convNorm(first, [`${name}.double_conv.3`, `${name}.double_conv.4`], layer);
}

export interface FcnOptions extends ZooOptions {
  /** Classes of a pixel. Default: 21, as Pascal VOC. */
  classes?: number;
}

/**
 * FCN on ResNet-50, as torchvision has it: `image` `[520, 520, 3]` to `logits` `[520, 520, classes]`; 32,957,013
 * parameters. Weights of an auxiliary classifier are passed over.
 */
export function fcnResnet50(options: FcnOptions = {}): Network<'logits'> {
  checkOptions('fcnResnet50', options, [...zooOptions, 'classes']);
  const x = image(options, 520);
  const trunk = { prefix: 'backbone.', dilatedFrom: 2 };
  const maps = resnetStages(x, { depths: [3, 4, 6, 3], bottleneck: true }, trunk);
  const features = maps[maps.length - 1];
  const filters = features.shape[2] / 4;
  const head = numberedConvNorm(features, 'classifier', { filters, kernelSize: 3, activation: 'relu' });
  const scores = conv2d({ filters: options.classes ?? 21, kernelSize: 1, name: 'classifier.4' })(dropout(0.1)(head));
  const logits = resizing2d([x.shape[0], x.shape[1]], { interpolation: 'linear' })(scores);
  return network(x, { logits }, options, ['aux_classifier.']);
}
