// ResNet (He et al. 2016, with the stride in the 3x3 convolution) and ResNeXt (Xie et al. 2017), as torchvision has them.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { add } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { type ConvNormOptions, convNorm } from './blocks.js';

export interface ResNetOptions extends ClassifierOptions {
  /** Channels of the first stage, before bottlenecks widen them. Default: 64. */
  width?: number;
}

export interface ResNetShape {
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  readonly bottleneck: boolean;
  readonly groups?: number;
  readonly widthPerGroup?: number;
}

const EXPANSION = 4;

export interface TrunkOptions {
  readonly width?: number;
  /** Stands before the names of all layers. */
  readonly prefix?: string;
  /** Stages from this one on (0 is the first) keep their size: dilations take the place of strides. */
  readonly dilatedFrom?: number;
}

/** A ResNet without its head: the maps behind each of the four stages. */
export function resnetStages(x: Value, shape: ResNetShape, options: TrunkOptions = {}): Value[] {
  const { depths, bottleneck, groups = 1, widthPerGroup = 64 } = shape;
  const { width = 64, prefix = '', dilatedFrom = depths.length } = options;
  const stem = { filters: width, kernelSize: 7, strides: 2, activation: 'relu' } as const;
  let y = convNorm(x, [`${prefix}conv1`, `${prefix}bn1`], stem);
  y = maxPool2d({ kernelSize: 3, strides: 2, padding: 1 })(y);
  let dilations = 1;
  return depths.map((depth, stage) => {
    const planes = width * 2 ** stage;
    const inner = Math.floor((planes * widthPerGroup) / 64) * groups;
    const filters = bottleneck ? planes * EXPANSION : planes;
    for (let block = 0; block < depth; block++) {
      const strides = block === 0 && stage > 0 && stage < dilatedFrom ? 2 : 1;
      const layers = bottleneck
        ? [{ filters: inner }, { filters: inner, kernelSize: 3, strides, groups, dilations }, { filters }]
        : [
            { filters, kernelSize: 3, strides, dilations },
            { filters, kernelSize: 3, dilations },
          ];
      y = residual(y, `${prefix}layer${stage + 1}.${block}`, strides, layers);
      if (block === 0 && stage >= dilatedFrom) dilations *= 2;
    }
    return y;
  });
}

/** Convolutions beside a shortcut, which is a 1x1 convolution where shapes differ. */
function residual(x: Value, name: string, strides: number, layers: readonly ConvNormOptions[]): Value {
  let y = x;
  layers.forEach((layer, index) => {
    const activation = index < layers.length - 1 ? 'relu' : undefined;
    y = convNorm(y, [`${name}.conv${index + 1}`, `${name}.bn${index + 1}`], { ...layer, activation });
  });
  const filters = y.shape[2];
  const fits = strides === 1 && x.shape[2] === filters;
  const shortcut = fits ? x : convNorm(x, [`${name}.downsample.0`, `${name}.downsample.1`], { filters, strides });
  return add({ activation: 'relu' })([y, shortcut]);
}

function resnet(shape: ResNetShape, options: ResNetOptions): Network<'logits'> {
  checkOptions('resnet', options, [...classifierOptions, 'width']);
  const x = image(options, 224);
  const maps = resnetStages(x, shape, { width: options.width });
  const features = globalAveragePool2d()(maps[maps.length - 1]);
  const logits = dense({ units: options.classes ?? 1000, name: 'fc' })(features);
  return network(x, { logits }, options);
}

/** ResNet-18: `image` `[224, 224, 3]` to `logits`; 11,689,512 parameters. */
export const resnet18 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [2, 2, 2, 2], bottleneck: false }, options);
/** ResNet-34: `image` `[224, 224, 3]` to `logits`; 21,797,672 parameters. */
export const resnet34 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [3, 4, 6, 3], bottleneck: false }, options);
/** ResNet-50: `image` `[224, 224, 3]` to `logits`; 25,557,032 parameters. */
export const resnet50 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [3, 4, 6, 3], bottleneck: true }, options);
/** ResNet-101: `image` `[224, 224, 3]` to `logits`; 44,549,160 parameters. */
export const resnet101 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [3, 4, 23, 3], bottleneck: true }, options);
/** ResNet-152: `image` `[224, 224, 3]` to `logits`; 60,192,808 parameters. */
export const resnet152 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [3, 8, 36, 3], bottleneck: true }, options);
/** ResNeXt-50 32x4d: `image` `[224, 224, 3]` to `logits`; 25,028,904 parameters. */
export const resnext50 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [3, 4, 6, 3], bottleneck: true, groups: 32, widthPerGroup: 4 }, options);
/** ResNeXt-101 32x8d: `image` `[224, 224, 3]` to `logits`; 88,791,336 parameters. */
export const resnext101 = (options: ResNetOptions = {}): Network<'logits'> =>
  resnet({ depths: [3, 4, 23, 3], bottleneck: true, groups: 32, widthPerGroup: 8 }, options);
