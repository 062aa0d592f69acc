// DenseNet-BC (Huang et al. 2017), as torchvision has it: every layer reads all maps before it.

import { relu } from '../layers/activations.js';
import { conv2d } from '../layers/convolution.js';
import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { averagePool2d, globalAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { batchNorm } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { convNorm } from './blocks.js';

export interface DenseNetOptions extends ClassifierOptions {
  /** Maps that each layer adds; the first convolution has twice as many. Default: 32. */
  growth?: number;
}

const BOTTLENECK = 4;

function denseNet(depths: readonly number[], options: DenseNetOptions): Network<'logits'> {
  checkOptions('densenet', options, [...classifierOptions, 'growth']);
  const { growth = 32 } = options;
  const x = image(options, 224);
  const stem = convNorm(x, ['features.conv0', 'features.norm0'], {
    filters: 2 * growth,
    kernelSize: 7,
    strides: 2,
    activation: 'relu',
  });
  let y = maxPool2d({ kernelSize: 3, strides: 2, padding: 1 })(stem);
  depths.forEach((depth, block) => {
    for (let layer = 1; layer <= depth; layer++) {
      y = concat()([y, denseLayer(y, `features.denseblock${block + 1}.denselayer${layer}`, growth)]);
    }
    if (block < depths.length - 1) y = transition(y, `features.transition${block + 1}`);
  });
  y = relu()(batchNorm({ name: 'features.norm5' })(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier' })(globalAveragePool2d()(y));
  return network(x, { logits }, options);
}

/** What one layer adds: batch norm and ReLU stand before its convolutions. */
function denseLayer(x: Value, name: string, growth: number): Value {
  const active = relu()(batchNorm({ name: `${name}.norm1` })(x));
  const narrow = convNorm(active, [`${name}.conv1`, `${name}.norm2`], {
    filters: BOTTLENECK * growth,
    activation: 'relu',
  });
  return conv2d({ filters: growth, kernelSize: 3, padding: 1, useBias: false, name: `${name}.conv2` })(narrow);
}

/** Halves channels and sizes. */
function transition(x: Value, name: string): Value {
  const active = relu()(batchNorm({ name: `${name}.norm` })(x));
  const filters = Math.floor(x.shape[2] / 2);
  return averagePool2d()(conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}.conv` })(active));
}

/** DenseNet-121: `image` `[224, 224, 3]` to `logits`; 7,978,856 parameters. */
export const densenet121 = (options: DenseNetOptions = {}): Network<'logits'> => denseNet([6, 12, 24, 16], options);
/** DenseNet-169: `image` `[224, 224, 3]` to `logits`; 14,149,480 parameters. */
export const densenet169 = (options: DenseNetOptions = {}): Network<'logits'> => denseNet([6, 12, 32, 32], options);
/** DenseNet-201: `image` `[224, 224, 3]` to `logits`; 20,013,928 parameters. */
export const densenet201 = (options: DenseNetOptions = {}): Network<'logits'> => denseNet([6, 12, 48, 32], options);
