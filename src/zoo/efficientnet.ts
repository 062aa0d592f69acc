// EfficientNet B0 to B7 (Tan and Le 2019), as torchvision has them.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { add } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { multipleOf8, numberedConvNorm, squeezeExcite } from './blocks.js';

interface Scale {
  readonly width: number;
  readonly depth: number;
  readonly size: number;
  readonly dropout: number;
  readonly epsilon?: number;
}

type Stage = readonly [expansion: number, kernelSize: number, strides: number, filters: number, repeats: number];

const stages: readonly Stage[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];

function efficientnet(scale: Scale, options: ClassifierOptions): Network<'logits'> {
  checkOptions('efficientnet', options, classifierOptions);
  const { width, depth, epsilon } = scale;
  const x = image(options, scale.size);
  const ends = { epsilon, activation: 'silu' } as const;
  let y = numberedConvNorm(x, 'features.0', { filters: multipleOf8(32 * width), kernelSize: 3, strides: 2, ...ends });
  stages.forEach(([expansion, kernelSize, strides, filters, repeats], stage) => {
    for (let block = 0; block < Math.ceil(repeats * depth); block++) {
      y = mbConv(y, `features.${stage + 1}.${block}.block`, {
        expansion,
        kernelSize,
        strides: block === 0 ? strides : 1,
        filters: multipleOf8(filters * width),
        epsilon,
      });
    }
  });
  y = numberedConvNorm(y, `features.${stages.length + 1}`, { filters: 4 * y.shape[2], ...ends });
  y = dropout(scale.dropout)(globalAveragePool2d()(y));
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier.1' })(y);
  return network(x, { logits }, options);
}

interface MbConvOptions {
  readonly expansion: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly filters: number;
  readonly epsilon: number | undefined;
}

/** An inverted residual with squeeze and excitation. */
function mbConv(x: Value, name: string, { expansion, kernelSize, strides, filters, epsilon }: MbConvOptions): Value {
  const channels = x.shape[2];
  const wide = multipleOf8(channels * expansion);
  const inner = { epsilon, activation: 'silu' } as const;
  let place = 0;
  let y = x;
  if (wide !== channels) y = numberedConvNorm(y, `${name}.${place++}`, { filters: wide, ...inner });
  y = numberedConvNorm(y, `${name}.${place++}`, { filters: wide, kernelSize, strides, groups: wide, ...inner });
  const squeezed = Math.max(1, Math.floor(channels / 4));
  y = squeezeExcite(y, `${name}.${place++}`, { squeezed, activation: 'silu', gate: 'sigmoid' });
  y = numberedConvNorm(y, `${name}.${place}`, { filters, epsilon });
  return strides === 1 && channels === filters ? add()([x, y]) : y;
}

/** EfficientNet-B0: `image` `[224, 224, 3]` to `logits`; 5,288,548 parameters. */
export const efficientnetB0 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1, depth: 1, size: 224, dropout: 0.2 }, options);
/** EfficientNet-B1: `image` `[240, 240, 3]` to `logits`; 7,794,184 parameters. */
export const efficientnetB1 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1, depth: 1.1, size: 240, dropout: 0.2 }, options);
/** EfficientNet-B2: `image` `[288, 288, 3]` to `logits`; 9,109,994 parameters. */
export const efficientnetB2 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1.1, depth: 1.2, size: 288, dropout: 0.3 }, options);
/** EfficientNet-B3: `image` `[300, 300, 3]` to `logits`; 12,233,232 parameters. */
export const efficientnetB3 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1.2, depth: 1.4, size: 300, dropout: 0.3 }, options);
/** EfficientNet-B4: `image` `[380, 380, 3]` to `logits`; 19,341,616 parameters. */
export const efficientnetB4 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1.4, depth: 1.8, size: 380, dropout: 0.4 }, options);
/** EfficientNet-B5: `image` `[456, 456, 3]` to `logits`; 30,389,784 parameters. */
export const efficientnetB5 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1.6, depth: 2.2, size: 456, dropout: 0.4, epsilon: 1e-3 }, options);
/** EfficientNet-B6: `image` `[528, 528, 3]` to `logits`; 43,040,704 parameters. */
export const efficientnetB6 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 1.8, depth: 2.6, size: 528, dropout: 0.5, epsilon: 1e-3 }, options);
/** EfficientNet-B7: `image` `[600, 600, 3]` to `logits`; 66,347,960 parameters. */
export const efficientnetB7 = (options: ClassifierOptions = {}): Network<'logits'> =>
  efficientnet({ width: 2, depth: 3.1, size: 600, dropout: 0.5, epsilon: 1e-3 }, options);
