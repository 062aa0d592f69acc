// Architectures without reference data, and all others, against what torchvision publishes of its own: names and shapes
// of parameters as in its checkpoints, multiply-adds as in its tables.
import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/layers/index.js';
import * as zoo from '../../src/zoo/index.js';

/** 10^9 multiply-adds of one image, rounded to two digits as the tables have them. */
const costs: [name: string, build: () => Network, published: number][] = [
  ['alexnet', zoo.alexnet, 0.71],
  ['vgg11', zoo.vgg11, 7.61],
  ['vgg13', zoo.vgg13, 11.31],
  ['vgg16', zoo.vgg16, 15.47],
  ['vgg19', zoo.vgg19, 19.63],
  ['googlenet', zoo.googlenet, 1.5],
  ['inceptionV3', zoo.inceptionV3, 5.71],
  ['resnet18', zoo.resnet18, 1.81],
  ['resnet34', zoo.resnet34, 3.66],
  ['resnet50', zoo.resnet50, 4.09],
  ['resnet101', zoo.resnet101, 7.8],
  ['resnet152', zoo.resnet152, 11.51],
  ['resnext50', zoo.resnext50, 4.23],
  ['resnext101', zoo.resnext101, 16.41],
  ['densenet121', zoo.densenet121, 2.83],
  ['densenet169', zoo.densenet169, 3.36],
  ['densenet201', zoo.densenet201, 4.29],
  ['squeezenet1_0', zoo.squeezenet1_0, 0.82],
  ['squeezenet1_1', zoo.squeezenet1_1, 0.35],
  ['mobilenetV2', zoo.mobilenetV2, 0.3],
  ['mobilenetV3Small', zoo.mobilenetV3Small, 0.06],
  ['mobilenetV3Large', zoo.mobilenetV3Large, 0.22],
  ['shufflenetV2x0_5', zoo.shufflenetV2x0_5, 0.04],
  ['shufflenetV2x1_0', zoo.shufflenetV2x1_0, 0.14],
  ['mnasnet', zoo.mnasnet, 0.31],
  ['efficientnetB0', zoo.efficientnetB0, 0.39],
  ['efficientnetB1', zoo.efficientnetB1, 0.69],
  ['efficientnetB2', zoo.efficientnetB2, 1.09],
  ['efficientnetB3', zoo.efficientnetB3, 1.83],
  ['efficientnetB4', zoo.efficientnetB4, 4.39],
  ['efficientnetB5', zoo.efficientnetB5, 10.27],
  ['efficientnetB6', zoo.efficientnetB6, 19.07],
  ['efficientnetB7', zoo.efficientnetB7, 37.75],
];

describe('multiply-adds', () => {
  test.each(costs)('%s', (_, build, published) => {
    const total = build()
      .summary()
      .split('\n')
      .find((line) => line.startsWith('total'))!;
    const [, cost] = total.match(/[\d,]+/g)!.map((figure) => Number(figure.replaceAll(',', '')));
    expect(Math.abs(cost / 1e9 - published)).toBeLessThanOrEqual(Math.max(0.006, 0.005 * published));
  });
});

type Shapes = Readonly<Record<string, readonly number[]>>;

/** How many tensors are trained, and some of them: the first one, the last one, and one of each kind of block. */
const checkpoints: [name: string, build: () => Network, trained: number, shapes: Shapes][] = [
  [
    'densenet121',
    zoo.densenet121,
    364,
    {
      'features.conv0.weight': [64, 3, 7, 7],
      'features.norm0.running_var': [64],
      'features.denseblock1.denselayer1.norm1.weight': [64],
      'features.denseblock1.denselayer6.conv1.weight': [128, 224, 1, 1],
      'features.transition1.norm.bias': [256],
      'features.transition1.conv.weight': [128, 256, 1, 1],
      'features.denseblock4.denselayer16.norm2.running_mean': [128],
      'features.denseblock4.denselayer16.conv2.weight': [32, 128, 3, 3],
      'features.norm5.weight': [1024],
      'classifier.bias': [1000],
    },
  ],
  [
    'efficientnetB0',
    zoo.efficientnetB0,
    213,
    {
      'features.0.0.weight': [32, 3, 3, 3],
      'features.1.0.block.0.0.weight': [32, 1, 3, 3],
      'features.1.0.block.1.fc1.weight': [8, 32, 1, 1],
      'features.1.0.block.2.1.bias': [16],
      'features.2.1.block.1.0.weight': [144, 1, 3, 3],
      'features.5.2.block.2.fc2.bias': [672],
      'features.7.0.block.3.0.weight': [320, 1152, 1, 1],
      'features.8.0.weight': [1280, 320, 1, 1],
      'classifier.1.weight': [1000, 1280],
    },
  ],
  [
    'mobilenetV3Large',
    zoo.mobilenetV3Large,
    174,
    {
      'features.0.0.weight': [16, 3, 3, 3],
      'features.1.block.0.0.weight': [16, 1, 3, 3],
      'features.4.block.2.fc1.weight': [24, 72, 1, 1],
      'features.4.block.3.0.weight': [40, 72, 1, 1],
      'features.7.block.1.0.weight': [240, 1, 3, 3],
      'features.15.block.2.fc2.weight': [960, 240, 1, 1],
      'features.16.1.running_var': [960],
      'classifier.0.weight': [1280, 960],
      'classifier.3.bias': [1000],
    },
  ],
  [
    'mobilenetV3Small',
    zoo.mobilenetV3Small,
    142,
    {
      'features.0.0.weight': [16, 3, 3, 3],
      'features.1.block.1.fc1.weight': [8, 16, 1, 1],
      'features.2.block.0.0.weight': [72, 16, 1, 1],
      'features.11.block.2.fc1.weight': [144, 576, 1, 1],
      'features.12.0.weight': [576, 96, 1, 1],
      'classifier.0.weight': [1024, 576],
      'classifier.3.weight': [1000, 1024],
    },
  ],
  [
    'shufflenetV2x1_0',
    zoo.shufflenetV2x1_0,
    170,
    {
      'conv1.0.weight': [24, 3, 3, 3],
      'stage2.0.branch1.0.weight': [24, 1, 3, 3],
      'stage2.0.branch1.3.bias': [58],
      'stage2.0.branch2.0.weight': [58, 24, 1, 1],
      'stage2.0.branch2.5.weight': [58, 58, 1, 1],
      'stage3.7.branch2.3.weight': [116, 1, 3, 3],
      'stage4.3.branch2.6.running_mean': [232],
      'conv5.0.weight': [1024, 464, 1, 1],
      'fc.weight': [1000, 1024],
    },
  ],
  [
    'mnasnet',
    zoo.mnasnet,
    158,
    {
      'layers.0.weight': [32, 3, 3, 3],
      'layers.3.weight': [32, 1, 3, 3],
      'layers.6.weight': [16, 32, 1, 1],
      'layers.8.0.layers.0.weight': [48, 16, 1, 1],
      'layers.9.2.layers.3.weight': [120, 1, 5, 5],
      'layers.13.0.layers.7.running_var': [320],
      'layers.14.weight': [1280, 320, 1, 1],
      'classifier.1.weight': [1000, 1280],
    },
  ],
  [
    'inceptionV3',
    zoo.inceptionV3,
    284,
    {
      'Conv2d_1a_3x3.conv.weight': [32, 3, 3, 3],
      'Conv2d_4a_3x3.bn.running_mean': [192],
      'Mixed_5b.branch_pool.conv.weight': [32, 192, 1, 1],
      'Mixed_6a.branch3x3dbl_3.conv.weight': [96, 96, 3, 3],
      'Mixed_6b.branch7x7dbl_5.conv.weight': [192, 128, 1, 7],
      'Mixed_7a.branch7x7x3_4.conv.weight': [192, 192, 3, 3],
      'Mixed_7c.branch3x3dbl_3b.conv.weight': [384, 384, 3, 1],
      'fc.weight': [1000, 2048],
    },
  ],
  [
    'googlenet',
    zoo.googlenet,
    173,
    {
      'conv1.conv.weight': [64, 3, 7, 7],
      'conv3.bn.weight': [192],
      'inception3a.branch3.1.conv.weight': [32, 16, 3, 3],
      'inception5b.branch4.1.conv.weight': [128, 832, 1, 1],
      'fc.bias': [1000],
    },
  ],
  [
    'resnext50',
    zoo.resnext50,
    161,
    {
      'conv1.weight': [64, 3, 7, 7],
      'layer1.0.conv2.weight': [128, 4, 3, 3],
      'layer1.0.downsample.0.weight': [256, 64, 1, 1],
      'layer4.2.bn3.running_var': [2048],
      'fc.weight': [1000, 2048],
    },
  ],
];

describe('parameters are named and stored as in checkpoints', () => {
  test.each(checkpoints)('%s', (_, build, trained, shapes) => {
    const { parameters } = build();
    const found = Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]));
    expect(parameters.filter(({ trainable }) => trainable)).toHaveLength(trained);
    const [first, last] = [parameters[0], parameters.findLast(({ trainable }) => trainable)!];
    expect(Object.keys(shapes)[0]).toBe(first.name);
    expect(Object.keys(shapes).at(-1)!.replace(/\w+$/, '')).toBe(last.name.replace(/\w+$/, ''));
    expect(Object.fromEntries(Object.keys(shapes).map((name) => [name, found[name]]))).toEqual(shapes);
  });
});
