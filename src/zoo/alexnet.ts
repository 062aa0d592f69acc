// AlexNet (Krizhevsky 2014, "One weird trick"), as torchvision has it.

import { conv2d } from '../layers/convolution.js';
import { dense } from '../layers/dense.js';
import type { Network } from '../layers/network.js';
import { adaptiveAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { flatten } from '../layers/reshaping.js';
import { type ClassifierOptions, image, network } from './architecture.js';

/** AlexNet: `image` `[224, 224, 3]` to `logits`; 61,100,840 parameters. */
export function alexnet(options: ClassifierOptions = {}): Network {
  const x = image(options, 224);
  const conv = (index: number, filters: number, kernelSize: number, padding: number, strides = 1) =>
    conv2d({ filters, kernelSize, padding, strides, activation: 'relu', name: `features.${index}` });
  const pool = () => maxPool2d({ poolSize: 3, strides: 2 });
  const hidden = (index: number) => dense({ units: 4096, activation: 'relu', name: `classifier.${index}` });
  let y = pool()(conv(0, 64, 11, 2, 4)(x));
  y = pool()(conv(3, 192, 5, 2)(y));
  y = conv(8, 256, 3, 1)(conv(6, 384, 3, 1)(y));
  y = pool()(conv(10, 256, 3, 1)(y));
  y = flatten({ channelsFirst: true })(adaptiveAveragePool2d(6)(y));
  y = hidden(1)(dropout()(y));
  y = hidden(4)(dropout()(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier.6' })(y);
  return network(x, { logits }, options);
}
