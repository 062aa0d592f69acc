// Architectures against the numbers of parameters that torchvision (and the papers) state.
import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/layers/index.js';
import * as zoo from '../../src/zoo/index.js';

const counts: [name: string, build: () => Network, count: number][] = [
  ['lenet5', zoo.lenet5, 61_706],
  ['tinyVgg', zoo.tinyVgg, 19_920],
  ['alexnet', zoo.alexnet, 61_100_840],
  ['alexnet2012', zoo.alexnet2012, 60_965_224],
  ['unet', zoo.unet, 31_037_698],
  ['fcnResnet50', zoo.fcnResnet50, 32_957_013],
  ['vgg11', zoo.vgg11, 132_863_336],
  ['vgg13', zoo.vgg13, 133_047_848],
  ['vgg16', zoo.vgg16, 138_357_544],
  ['vgg19', zoo.vgg19, 143_667_240],
  ['googlenet', zoo.googlenet, 6_624_904],
  ['inceptionV3', zoo.inceptionV3, 23_834_568],
  ['resnet18', zoo.resnet18, 11_689_512],
  ['resnet34', zoo.resnet34, 21_797_672],
  ['resnet50', zoo.resnet50, 25_557_032],
  ['resnet101', zoo.resnet101, 44_549_160],
  ['resnet152', zoo.resnet152, 60_192_808],
  ['resnext50', zoo.resnext50, 25_028_904],
  ['resnext101', zoo.resnext101, 88_791_336],
  ['densenet121', zoo.densenet121, 7_978_856],
  ['densenet169', zoo.densenet169, 14_149_480],
  ['densenet201', zoo.densenet201, 20_013_928],
  ['squeezenet1_0', zoo.squeezenet1_0, 1_248_424],
  ['squeezenet1_1', zoo.squeezenet1_1, 1_235_496],
  ['mobilenetV1', zoo.mobilenetV1, 4_231_976],
  ['mobilenetV2', zoo.mobilenetV2, 3_504_872],
  ['mobilenetV3Small', zoo.mobilenetV3Small, 2_542_856],
  ['mobilenetV3Large', zoo.mobilenetV3Large, 5_483_032],
  ['shufflenetV2x0_5', zoo.shufflenetV2x0_5, 1_366_792],
  ['shufflenetV2x1_0', zoo.shufflenetV2x1_0, 2_278_604],
  ['efficientnetB0', zoo.efficientnetB0, 5_288_548],
  ['efficientnetB1', zoo.efficientnetB1, 7_794_184],
  ['efficientnetB2', zoo.efficientnetB2, 9_109_994],
  ['efficientnetB3', zoo.efficientnetB3, 12_233_232],
  ['efficientnetB4', zoo.efficientnetB4, 19_341_616],
  ['efficientnetB5', zoo.efficientnetB5, 30_389_784],
  ['efficientnetB6', zoo.efficientnetB6, 43_040_704],
  ['efficientnetB7', zoo.efficientnetB7, 66_347_960],
  ['mnasnet', zoo.mnasnet, 4_383_312],
];

describe('numbers of parameters', () => {
  test.each(counts)('%s', (_, build, count) => {
    expect(build().parameterCount).toBe(count);
  });

  test('VGG-16 with batch norm has 138,365,992', () => {
    expect(zoo.vgg16({ batchNorm: true }).parameterCount).toBe(138_365_992);
  });

  test('Inception v3 with its auxiliary classifier has 27,161,264', () => {
    expect(zoo.inceptionV3({ auxiliary: true }).parameterCount).toBe(27_161_264);
  });
});
