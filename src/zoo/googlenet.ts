// GoogLeNet (Szegedy et al. 2015) with batch norm, as torchvision has it; its auxiliary classifiers are left out.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { type ConvNormOptions, convNorm } from './blocks.js';

/** Filters: 1x1; reduced and 3x3; reduced and second 3x3; behind the pool. */
type Module = readonly [one: number, reduce3: number, three: number, reduce5: number, five: number, pool: number];

const modules: readonly (readonly [name: string, module: Module])[] = [
  ['3a', [64, 96, 128, 16, 32, 32]],
  ['3b', [128, 128, 192, 32, 96, 64]],
  ['4a', [192, 96, 208, 16, 48, 64]],
  ['4b', [160, 112, 224, 24, 64, 64]],
  ['4c', [128, 128, 256, 24, 64, 64]],
  ['4d', [112, 144, 288, 32, 64, 64]],
  ['4e', [256, 160, 320, 32, 128, 128]],
  ['5a', [256, 160, 320, 32, 128, 128]],
  ['5b', [384, 192, 384, 48, 128, 128]],
];

function conv(x: Value, name: string, options: ConvNormOptions): Value {
  return convNorm(x, [`${name}.conv`, `${name}.bn`], { epsilon: 1e-3, activation: 'relu', ...options });
}

/** GoogLeNet: `image` `[224, 224, 3]` to `logits`; 6,624,904 parameters. Weights of auxiliary classifiers are passed over. */
export function googlenet(options: ClassifierOptions = {}): Network<'logits'> {
  checkOptions('googlenet', options, classifierOptions);
  const x = image(options, 224);
  const halve = (y: Value, kernelSize = 3) => maxPool2d({ kernelSize, strides: 2, ceil: true })(y);
  let y = halve(conv(x, 'conv1', { filters: 64, kernelSize: 7, strides: 2 }));
  y = halve(conv(conv(y, 'conv2', { filters: 64 }), 'conv3', { filters: 192, kernelSize: 3 }));
  for (const [name, module] of modules) {
    if (name === '4a') y = halve(y);
    if (name === '5a') y = halve(y, 2);
    y = inception(y, `inception${name}`, module);
  }
  y = dropout(0.2)(globalAveragePool2d()(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'fc' })(y);
  return network(x, { logits }, options, ['aux1.', 'aux2.']);
}

function inception(x: Value, name: string, [one, reduce3, three, reduce5, five, pool]: Module): Value {
  const branches = [
    conv(x, `${name}.branch1`, { filters: one }),
    conv(conv(x, `${name}.branch2.0`, { filters: reduce3 }), `${name}.branch2.1`, { filters: three, kernelSize: 3 }),
    conv(conv(x, `${name}.branch3.0`, { filters: reduce5 }), `${name}.branch3.1`, { filters: five, kernelSize: 3 }),
    conv(maxPool2d({ kernelSize: 3, strides: 1, padding: 1, ceil: true })(x), `${name}.branch4.1`, { filters: pool }),
  ];
  return concat()(branches);
}
