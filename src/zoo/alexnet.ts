// AlexNet: the network of 2012 (Krizhevsky, Sutskever and Hinton), and the one of 2014 ("One weird trick") that
// torchvision has.

import { conv2d } from '../layers/convolution.js';
import { dense } from '../layers/dense.js';
import type { Network } from '../layers/network.js';
import { adaptiveAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { dropout, localResponseNorm } from '../layers/regularization.js';
import { flatten } from '../layers/reshaping.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';

/** AlexNet: `image` `[224, 224, 3]` to `logits`; 61,100,840 parameters. */
export function alexnet(options: ClassifierOptions = {}): Network<'logits'> {
  checkOptions('alexnet', options, classifierOptions);
  const x = image(options, 224);
  const conv = (index: number, filters: number, kernelSize: number, padding: number, strides = 1) =>
    conv2d({ filters, kernelSize, padding, strides, activation: 'relu', name: `features.${index}` });
  const pool = () => maxPool2d({ kernelSize: 3, strides: 2 });
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

/**
 * The AlexNet of 2012, its two halves as groups: `image` `[227, 227, 3]` to `logits`; 60,965,224 parameters. Its layers
 * are conv1 to conv5 and fc6 to fc8, whose input has 6 x 6 x 256 = 9216 features, channels first.
 */
export function alexnet2012(options: ClassifierOptions = {}): Network<'logits'> {
  checkOptions('alexnet2012', options, classifierOptions);
  const x = image(options, 227);
  const conv = (index: number, filters: number, kernelSize: number, groups: number, strides = 1) => {
    const padding = strides > 1 ? 'valid' : (kernelSize - 1) / 2;
    return conv2d({ filters, kernelSize, groups, strides, padding, activation: 'relu', name: `conv${index}` });
  };
  const pool = () => maxPool2d({ kernelSize: 3, strides: 2 });
  const norm = () => localResponseNorm({ size: 5, alpha: 5e-4, beta: 0.75, bias: 2 });
  const hidden = (index: number) => dense({ units: 4096, activation: 'relu', name: `fc${index}` });
  let y = pool()(norm()(conv(1, 96, 11, 1, 4)(x)));
  y = pool()(norm()(conv(2, 256, 5, 2)(y)));
  y = conv(4, 384, 3, 2)(conv(3, 384, 3, 1)(y));
  y = pool()(conv(5, 256, 3, 2)(y));
  y = dropout()(hidden(6)(flatten({ channelsFirst: true })(y)));
  y = dropout()(hidden(7)(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'fc8' })(y);
  return network(x, { logits }, options);
}
