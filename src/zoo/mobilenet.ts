// MobileNet v1 (Howard et al. 2017) and v2 (Sandler et al. 2018); v2 named as torchvision has it.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { add } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { convNorm, multipleOf8, numberedConvNorm } from './blocks.js';

export interface MobileNetOptions extends ClassifierOptions {
  /** Multiplies the channels of every layer. Default: 1. */
  width?: number;
}

/** Filters and stride of each of v1's separable convolutions. */
const separable: readonly (readonly [filters: number, strides: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** MobileNet v1: `image` `[224, 224, 3]` to `logits`; 4,231,976 parameters. Its layers are `model.<i>.<j>` and `fc`. */
export function mobilenetV1(options: MobileNetOptions = {}): Network<'logits'> {
  checkOptions('mobilenetV1', options, [...classifierOptions, 'width']);
  const { width = 1 } = options;
  const x = image(options, 224);
  const relu = { activation: 'relu' } as const;
  let y = numberedConvNorm(x, 'model.0', { filters: multipleOf8(32 * width), kernelSize: 3, strides: 2, ...relu });
  separable.forEach(([filters, strides], index) => {
    const name = `model.${index + 1}`;
    const channels = y.shape[2];
    y = numberedConvNorm(y, name, { filters: channels, kernelSize: 3, strides, groups: channels, ...relu });
    y = convNorm(y, [`${name}.3`, `${name}.4`], { filters: multipleOf8(filters * width), ...relu });
  });
  const logits = dense({ units: options.classes ?? 1000, name: 'fc' })(globalAveragePool2d()(y));
  return network(x, { logits }, options);
}

/** Expansion, filters, repetitions and first stride of v2's stages. */
const inverted: readonly (readonly [expansion: number, filters: number, repeats: number, strides: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** MobileNet v2: `image` `[224, 224, 3]` to `logits`; 3,504,872 parameters. */
export function mobilenetV2(options: MobileNetOptions = {}): Network<'logits'> {
  checkOptions('mobilenetV2', options, [...classifierOptions, 'width']);
  const { width = 1 } = options;
  const x = image(options, 224);
  const stem = { filters: multipleOf8(32 * width), kernelSize: 3, strides: 2, activation: 'relu6' } as const;
  let y = numberedConvNorm(x, 'features.0', stem);
  let index = 1;
  for (const [expansion, filters, repeats, strides] of inverted) {
    for (let block = 0; block < repeats; block++) {
      const options = { expansion, filters: multipleOf8(filters * width), strides: block === 0 ? strides : 1 };
      y = invertedResidual(y, `features.${index++}.conv`, options);
    }
  }
  const last = multipleOf8(1280 * Math.max(1, width));
  y = numberedConvNorm(y, `features.${index}`, { filters: last, activation: 'relu6' });
  y = dropout(0.2)(globalAveragePool2d()(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier.1' })(y);
  return network(x, { logits }, options);
}

/** Widens by a 1x1 convolution, filters each channel, narrows again; around it a shortcut where shapes allow. */
function invertedResidual(
  x: Value,
  name: string,
  { expansion, filters, strides }: { expansion: number; filters: number; strides: number },
): Value {
  const wide = x.shape[2] * expansion;
  let place = 0;
  let y = x;
  if (expansion > 1) y = numberedConvNorm(y, `${name}.${place++}`, { filters: wide, activation: 'relu6' });
  y = numberedConvNorm(y, `${name}.${place++}`, {
    filters: wide,
    kernelSize: 3,
    strides,
    groups: wide,
    activation: 'relu6',
  });
  y = convNorm(y, [`${name}.${place}`, `${name}.${place + 1}`], { filters });
  return strides === 1 && x.shape[2] === filters ? add()([x, y]) : y;
}
