// Small networks to learn with: LeNet-5, TinyVGG, a multilayer perceptron.

import { conv2d } from '../layers/convolution.js';
import { dense } from '../layers/dense.js';
import { input } from '../layers/layer.js';
import type { Network } from '../layers/network.js';
import { averagePool2d, maxPool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { flatten } from '../layers/reshaping.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';

/**
 * LeNet-5 (LeCun et al. 1998) with fully connected layers throughout: `image` `[32, 32, 1]` to `logits` of 10 digits;
 * 61,706 parameters. Its layers are conv1, conv2, fc1, fc2, fc3.
 */
export function lenet5(options: ClassifierOptions = {}): Network<'logits'> {
  checkOptions('lenet5', options, classifierOptions);
  const x = image(options, 32, 1);
  let y = averagePool2d()(conv2d({ filters: 6, kernelSize: 5, activation: 'tanh', name: 'conv1' })(x));
  y = averagePool2d()(conv2d({ filters: 16, kernelSize: 5, activation: 'tanh', name: 'conv2' })(y));
  y = dense({ units: 120, activation: 'tanh', name: 'fc1' })(flatten({ channelsFirst: true })(y));
  y = dense({ units: 84, activation: 'tanh', name: 'fc2' })(y);
  return network(x, { logits: dense({ units: options.classes ?? 10, name: 'fc3' })(y) }, options);
}

export interface TinyVggOptions extends ClassifierOptions {
  /** Filters of every convolution. Default: 10. */
  width?: number;
}

/** TinyVGG, the network of CNN Explainer (Wang et al. 2020): `image` `[64, 64, 3]` to `logits` of 10 classes; 19,920 parameters. */
export function tinyVgg(options: TinyVggOptions = {}): Network<'logits'> {
  checkOptions('tinyVgg', options, [...classifierOptions, 'width']);
  const { width = 10 } = options;
  const x = image(options, 64);
  const conv = (name: string) => conv2d({ filters: width, kernelSize: 3, activation: 'relu', name });
  let y = maxPool2d()(conv('conv_1_2')(conv('conv_1_1')(x)));
  y = maxPool2d()(conv('conv_2_2')(conv('conv_2_1')(y)));
  const logits = dense({ units: options.classes ?? 10, name: 'output' })(flatten({ channelsFirst: true })(y));
  return network(x, { logits }, options);
}

export interface MlpOptions extends Pick<ClassifierOptions, 'classes' | 'weights' | 'seed'> {
  /** Length of the input. Default: 784, an MNIST image. */
  features?: number;
  /** Units of each hidden layer. Default: [256, 128]. */
  hidden?: readonly number[];
  /** Rate of the dropout behind each hidden layer. Default: 0. */
  dropout?: number;
}

/** A multilayer perceptron with ReLU: `features` `[784]` to `logits` of 10 classes. Its layers are fc1, fc2, ... */
export function mlp(options: MlpOptions = {}): Network<'logits'> {
  checkOptions('mlp', options, ['features', 'hidden', 'dropout', 'classes', 'weights', 'seed']);
  const { features = 784, hidden = [256, 128], classes = 10 } = options;
  const x = input([features], { name: 'features' });
  let y = x;
  hidden.forEach((units, index) => {
    y = dense({ units, activation: 'relu', name: `fc${index + 1}` })(y);
    if (options.dropout) y = dropout(options.dropout)(y);
  });
  return network(x, { logits: dense({ units: classes, name: `fc${hidden.length + 1}` })(y) }, options);
}
