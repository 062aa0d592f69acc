// VGG (Simonyan and Zisserman 2015), configurations A, B, D and E, plain and with batch norm, as torchvision has them.

import { relu } from '../layers/activations.js';
import { conv2d } from '../layers/convolution.js';
import { dense } from '../layers/dense.js';
import type { Network } from '../layers/network.js';
import { adaptiveAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { batchNorm, dropout } from '../layers/regularization.js';
import { flatten } from '../layers/reshaping.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';

export interface VggOptions extends ClassifierOptions {
  /** Batch norm behind every convolution. Default: false. */
  batchNorm?: boolean;
  /** Filters of the first stage; the others have 2, 4, 8 and 8 times as many. Default: 64. */
  width?: number;
}

function vgg(depths: readonly number[], options: VggOptions): Network<'logits'> {
  checkOptions('vgg', options, [...classifierOptions, 'batchNorm', 'width']);
  const { width = 64 } = options;
  const x = image(options, 224);
  let y = x;
  let index = 0;
  depths.forEach((depth, stage) => {
    for (let layer = 0; layer < depth; layer++) {
      y = conv2d({ filters: width * Math.min(8, 2 ** stage), kernelSize: 3, padding: 1, name: `features.${index++}` })(
        y,
      );
      if (options.batchNorm) y = batchNorm({ name: `features.${index++}` })(y);
      y = relu()(y);
      index++;
    }
    y = maxPool2d()(y);
    index++;
  });
  y = flatten({ channelsFirst: true })(adaptiveAveragePool2d(7)(y));
  for (const place of [0, 3]) y = dropout()(dense({ units: 4096, activation: 'relu', name: `classifier.${place}` })(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier.6' })(y);
  return network(x, { logits }, options);
}

/** VGG-11: `image` `[224, 224, 3]` to `logits`; 132,863,336 parameters. */
export const vgg11 = (options: VggOptions = {}): Network<'logits'> => vgg([1, 1, 2, 2, 2], options);
/** VGG-13: `image` `[224, 224, 3]` to `logits`; 133,047,848 parameters. */
export const vgg13 = (options: VggOptions = {}): Network<'logits'> => vgg([2, 2, 2, 2, 2], options);
/** VGG-16: `image` `[224, 224, 3]` to `logits`; 138,357,544 parameters. */
export const vgg16 = (options: VggOptions = {}): Network<'logits'> => vgg([2, 2, 3, 3, 3], options);
/** VGG-19: `image` `[224, 224, 3]` to `logits`; 143,667,240 parameters. */
export const vgg19 = (options: VggOptions = {}): Network<'logits'> => vgg([2, 2, 4, 4, 4], options);
