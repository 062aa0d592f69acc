// MobileNet v3 (Howard et al. 2019), as torchvision has it.

import type { ActivationOption } from '../layers/activations.js';
import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { add } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { classifierOptions, image, network } from './architecture.js';
import { multipleOf8, numberedConvNorm, squeezeExcite } from './blocks.js';
import type { MobileNetOptions } from './mobilenet.js';

/** A block; `se` squeezes and excites, `hs` has hard swish instead of ReLU. */
type Block = readonly [
  kernelSize: number,
  expanded: number,
  filters: number,
  traits: '' | 'se' | 'hs' | 'se hs',
  strides: number,
];

const EPSILON = 1e-3;
/** max(0, min(1, x / 6 + 1 / 2)) */
const gate: ActivationOption = { activation: 'hardSigmoid', alpha: 1 / 6, beta: 0.5 };

const large: readonly Block[] = [
  [3, 16, 16, '', 1],
  [3, 64, 24, '', 2],
  [3, 72, 24, '', 1],
  [5, 72, 40, 'se', 2],
  [5, 120, 40, 'se', 1],
  [5, 120, 40, 'se', 1],
  [3, 240, 80, 'hs', 2],
  [3, 200, 80, 'hs', 1],
  [3, 184, 80, 'hs', 1],
  [3, 184, 80, 'hs', 1],
  [3, 480, 112, 'se hs', 1],
  [3, 672, 112, 'se hs', 1],
  [5, 672, 160, 'se hs', 2],
  [5, 960, 160, 'se hs', 1],
  [5, 960, 160, 'se hs', 1],
];

const small: readonly Block[] = [
  [3, 16, 16, 'se', 2],
  [3, 72, 24, '', 2],
  [3, 88, 24, '', 1],
  [5, 96, 40, 'se hs', 2],
  [5, 240, 40, 'se hs', 1],
  [5, 240, 40, 'se hs', 1],
  [5, 120, 48, 'se hs', 1],
  [5, 144, 48, 'se hs', 1],
  [5, 288, 96, 'se hs', 2],
  [5, 576, 96, 'se hs', 1],
  [5, 576, 96, 'se hs', 1],
];

function mobilenetV3(blocks: readonly Block[], hidden: number, options: MobileNetOptions): Network<'logits'> {
  checkOptions('mobilenetV3', options, [...classifierOptions, 'width']);
  const { width = 1 } = options;
  const x = image(options, 224);
  const ends = { epsilon: EPSILON, activation: 'hardSwish' } as const;
  let y = numberedConvNorm(x, 'features.0', { filters: multipleOf8(16 * width), kernelSize: 3, strides: 2, ...ends });
  blocks.forEach((block, index) => {
    y = bottleneck(y, `features.${index + 1}.block`, block, width);
  });
  y = numberedConvNorm(y, `features.${blocks.length + 1}`, { filters: 6 * y.shape[2], ...ends });
  y = dense({ units: multipleOf8(hidden * width), activation: 'hardSwish', name: 'classifier.0' })(
    globalAveragePool2d()(y),
  );
  const logits = dense({ units: options.classes ?? 1000, name: 'classifier.3' })(dropout(0.2)(y));
  return network(x, { logits }, options);
}

function bottleneck(x: Value, name: string, block: Block, width: number): Value {
  const [kernelSize, expanded, , traits, strides] = block;
  const [wide, filters] = [multipleOf8(expanded * width), multipleOf8(block[2] * width)];
  const inner = { epsilon: EPSILON, activation: traits.includes('hs') ? 'hardSwish' : 'relu' } as const;
  let place = 0;
  let y = x;
  if (wide !== x.shape[2]) y = numberedConvNorm(y, `${name}.${place++}`, { filters: wide, ...inner });
  y = numberedConvNorm(y, `${name}.${place++}`, { filters: wide, kernelSize, strides, groups: wide, ...inner });
  if (traits.includes('se')) {
    y = squeezeExcite(y, `${name}.${place++}`, {
      squeezed: multipleOf8(Math.floor(wide / 4)),
      activation: 'relu',
      gate,
    });
  }
  y = numberedConvNorm(y, `${name}.${place}`, { filters, epsilon: EPSILON });
  return strides === 1 && x.shape[2] === filters ? add()([x, y]) : y;
}

/** MobileNet v3 large: `image` `[224, 224, 3]` to `logits`; 5,483,032 parameters. */
export const mobilenetV3Large = (options: MobileNetOptions = {}): Network<'logits'> =>
  mobilenetV3(large, 1280, options);
/** MobileNet v3 small: `image` `[224, 224, 3]` to `logits`; 2,542,856 parameters. */
export const mobilenetV3Small = (options: MobileNetOptions = {}): Network<'logits'> =>
  mobilenetV3(small, 1024, options);
