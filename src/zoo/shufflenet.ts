// ShuffleNet v2 (Ma et al. 2018), as torchvision has it.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { channelShuffle, sliceChannels } from '../layers/reshaping.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { convNorm, numberedConvNorm } from './blocks.js';

const REPEATS = [4, 8, 4];

type Channels = readonly [stem: number, stage2: number, stage3: number, stage4: number, last: number];

function shufflenetV2([stem, ...stages]: Channels, options: ClassifierOptions): Network<'logits'> {
  checkOptions('shufflenetV2', options, classifierOptions);
  const last = stages.pop()!;
  const x = image(options, 224);
  let y = numberedConvNorm(x, 'conv1', { filters: stem, kernelSize: 3, strides: 2, activation: 'relu' });
  y = maxPool2d({ kernelSize: 3, strides: 2, padding: 1 })(y);
  stages.forEach((channels, stage) => {
    for (let unit = 0; unit < REPEATS[stage]; unit++) {
      const name = `stage${stage + 2}.${unit}`;
      y = unit === 0 ? downUnit(y, name, channels / 2) : flatUnit(y, name, channels / 2);
    }
  });
  y = numberedConvNorm(y, 'conv5', { filters: last, activation: 'relu' });
  const logits = dense({ units: options.classes ?? 1000, name: 'fc' })(globalAveragePool2d()(y));
  return network(x, { logits }, options);
}

/** Halves the size: both branches read all channels. */
function downUnit(x: Value, name: string, filters: number): Value {
  const channels = x.shape[2];
  const depthwise = { filters: channels, kernelSize: 3, strides: 2, groups: channels };
  const short = numberedConvNorm(x, `${name}.branch1`, depthwise);
  const left = convNorm(short, [`${name}.branch1.2`, `${name}.branch1.3`], { filters, activation: 'relu' });
  return channelShuffle(2)(concat()([left, branch(x, `${name}.branch2`, filters, 2)]));
}

/** Half of the channels pass, the other half goes through the branch. */
function flatUnit(x: Value, name: string, filters: number): Value {
  const passing = sliceChannels(0, filters)(x);
  const right = branch(sliceChannels(filters, 2 * filters)(x), `${name}.branch2`, filters, 1);
  return channelShuffle(2)(concat()([passing, right]));
}

function branch(x: Value, name: string, filters: number, strides: number): Value {
  const first = numberedConvNorm(x, name, { filters, activation: 'relu' });
  const filtered = convNorm(first, [`${name}.3`, `${name}.4`], { filters, kernelSize: 3, strides, groups: filters });
  return convNorm(filtered, [`${name}.5`, `${name}.6`], { filters, activation: 'relu' });
}

/** ShuffleNet v2 x0.5: `image` `[224, 224, 3]` to `logits`; 1,366,792 parameters. */
export const shufflenetV2x0_5 = (options: ClassifierOptions = {}): Network<'logits'> =>
  shufflenetV2([24, 48, 96, 192, 1024], options);
/** ShuffleNet v2 x1.0: `image` `[224, 224, 3]` to `logits`; 2,278,604 parameters. */
export const shufflenetV2x1_0 = (options: ClassifierOptions = {}): Network<'logits'> =>
  shufflenetV2([24, 116, 232, 464, 1024], options);
