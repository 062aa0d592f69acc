// SqueezeNet 1.0 and 1.1 (Iandola et al. 2016), as torchvision has them.

import { conv2d } from '../layers/convolution.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';

/** A fire module's filters: squeeze, and of each of its two expanding convolutions; 'pool' stands for a pool. */
type Module = readonly [squeeze: number, expand: number] | 'pool';

function fire(x: Value, name: string, squeeze: number, expand: number): Value {
  const narrow = conv2d({ filters: squeeze, kernelSize: 1, activation: 'relu', name: `${name}.squeeze` })(x);
  const one = conv2d({ filters: expand, kernelSize: 1, activation: 'relu', name: `${name}.expand1x1` })(narrow);
  const three = conv2d({ filters: expand, kernelSize: 3, padding: 1, activation: 'relu', name: `${name}.expand3x3` })(
    narrow,
  );
  return concat()([one, three]);
}

function squeezenet(
  filters: number,
  kernelSize: number,
  modules: readonly Module[],
  options: ClassifierOptions,
): Network<'logits'> {
  checkOptions('squeezenet', options, classifierOptions);
  const x = image(options, 224);
  let y = conv2d({ filters, kernelSize, strides: 2, activation: 'relu', name: 'features.0' })(x);
  modules.forEach((module, index) => {
    y =
      module === 'pool'
        ? maxPool2d({ kernelSize: 3, strides: 2, ceil: true })(y)
        : fire(y, `features.${index + 2}`, ...module);
  });
  y = conv2d({ filters: options.classes ?? 1000, kernelSize: 1, activation: 'relu', name: 'classifier.1' })(
    dropout()(y),
  );
  return network(x, { logits: globalAveragePool2d()(y) }, options);
}

/** SqueezeNet 1.0: `image` `[224, 224, 3]` to `logits`; 1,248,424 parameters. */
export function squeezenet1_0(options: ClassifierOptions = {}): Network<'logits'> {
  const modules: Module[] = ['pool', [16, 64], [16, 64], [32, 128], 'pool'];
  modules.push([32, 128], [48, 192], [48, 192], [64, 256], 'pool', [64, 256]);
  return squeezenet(96, 7, modules, options);
}

/** SqueezeNet 1.1, of 2.4 times fewer operations: `image` `[224, 224, 3]` to `logits`; 1,235,496 parameters. */
export function squeezenet1_1(options: ClassifierOptions = {}): Network<'logits'> {
  const modules: Module[] = ['pool', [16, 64], [16, 64], 'pool', [32, 128], [32, 128], 'pool'];
  modules.push([48, 192], [48, 192], [64, 256], [64, 256]);
  return squeezenet(64, 3, modules, options);
}
