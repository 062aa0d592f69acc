// MNASNet (Tan et al. 2019), as torchvision has it.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { add } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { convNorm, multipleOf8 } from './blocks.js';

export interface MnasNetOptions extends ClassifierOptions {
  /** Multiplies the channels of every layer but the last. Default: 1. */
  width?: number;
}

type Stage = readonly [filters: number, kernelSize: number, strides: number, expansion: number, repeats: number];

const stages: readonly Stage[] = [
  [24, 3, 2, 3, 3],
  [40, 5, 2, 3, 3],
  [80, 5, 2, 6, 3],
  [96, 3, 1, 6, 2],
  [192, 5, 2, 6, 4],
  [320, 3, 1, 6, 1],
];
/** Places before the stages: a convolution and a separable one, each with batch norm and ReLU. */
const FIRST_STAGE = 8;

/** MNASNet 1.0: `image` `[224, 224, 3]` to `logits`; 4,383,312 parameters. */
export function mnasnet(options: MnasNetOptions = {}): Network<'logits'> {
  checkOptions('mnasnet', options, [...classifierOptions, 'width']);
  const { width = 1 } = options;
  const x = image(options, 224);
  const names = (place: number) => [`layers.${place}`, `layers.${place + 1}`] as const;
  const [stem, first] = [multipleOf8(32 * width), multipleOf8(16 * width)];
  let y = convNorm(x, names(0), { filters: stem, kernelSize: 3, strides: 2, activation: 'relu' });
  y = convNorm(y, names(3), { filters: stem, kernelSize: 3, groups: stem, activation: 'relu' });
  y = convNorm(y, names(6), { filters: first });
  stages.forEach(([filters, kernelSize, strides, expansion, repeats], stage) => {
    for (let block = 0; block < repeats; block++) {
      const name = `layers.${FIRST_STAGE + stage}.${block}.layers`;
      const shape = {
        filters: multipleOf8(filters * width),
        kernelSize,
        strides: block === 0 ? strides : 1,
        expansion,
      };
      y = invertedResidual(y, name, shape);
    }
  });
  y = convNorm(y, names(FIRST_STAGE + stages.length), { filters: 1280, activation: 'relu' });
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier.1' })(
    dropout(0.2)(globalAveragePool2d()(y)),
  );
  return network(x, { logits }, options);
}

function invertedResidual(
  x: Value,
  name: string,
  {
    filters,
    kernelSize,
    strides,
    expansion,
  }: { filters: number; kernelSize: number; strides: number; expansion: number },
): Value {
  const wide = x.shape[2] * expansion;
  let y = convNorm(x, [`${name}.0`, `${name}.1`], { filters: wide, activation: 'relu' });
  y = convNorm(y, [`${name}.3`, `${name}.4`], { filters: wide, kernelSize, strides, groups: wide, activation: 'relu' });
  y = convNorm(y, [`${name}.6`, `${name}.7`], { filters });
  return strides === 1 && x.shape[2] === filters ? add()([y, x]) : y;
}
