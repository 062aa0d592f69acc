// Inception v3 (Szegedy et al. 2016), as torchvision has it.

import { dense } from '../layers/dense.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { averagePool2d, globalAveragePool2d, maxPool2d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, classifierOptions, image, network } from './architecture.js';
import { type ConvNormOptions, convNorm } from './blocks.js';

export interface InceptionOptions extends ClassifierOptions {
  /** Adds the auxiliary classifier, whose output is `auxiliary`: for training. Default: false. */
  auxiliary?: boolean;
}

const ROW = [1, 7] as const;
const COLUMN = [7, 1] as const;

function conv(x: Value, name: string, filters: number, options: Omit<ConvNormOptions, 'filters'> = {}): Value {
  return convNorm(x, [`${name}.conv`, `${name}.bn`], { filters, epsilon: 1e-3, activation: 'relu', ...options });
}

/** Convolutions one behind the other: filters and the other options of each. */
function chain(
  x: Value,
  name: (index: number) => string,
  layers: readonly (readonly [filters: number, options?: Omit<ConvNormOptions, 'filters'>])[],
): Value {
  return layers.reduce((y, [filters, options], index) => conv(y, name(index + 1), filters, options), x);
}

const square = { kernelSize: 3 };
const halving = { kernelSize: 3, strides: 2, padding: 'valid' } as const;
const halve = (x: Value) => maxPool2d({ kernelSize: 3, strides: 2 })(x);
const average = (x: Value) => averagePool2d({ kernelSize: 3, strides: 1, padding: 1, includePadding: true })(x);

/** 35x35 maps. */
function moduleA(x: Value, name: string, pooled: number): Value {
  return concat()([
    conv(x, `${name}.branch1x1`, 64),
    chain(x, (i) => `${name}.branch5x5_${i}`, [[48], [64, { kernelSize: 5 }]]),
    chain(x, (i) => `${name}.branch3x3dbl_${i}`, [[64], [96, square], [96, square]]),
    conv(average(x), `${name}.branch_pool`, pooled),
  ]);
}

/** 35x35 to 17x17. */
function moduleB(x: Value, name: string): Value {
  return concat()([
    conv(x, `${name}.branch3x3`, 384, halving),
    chain(x, (i) => `${name}.branch3x3dbl_${i}`, [[64], [96, square], [96, halving]]),
    halve(x),
  ]);
}

/** 17x17 maps: 7x7 windows in two steps. */
function moduleC(x: Value, name: string, inner: number): Value {
  const row = { kernelSize: ROW };
  const column = { kernelSize: COLUMN };
  return concat()([
    conv(x, `${name}.branch1x1`, 192),
    chain(x, (i) => `${name}.branch7x7_${i}`, [[inner], [inner, row], [192, column]]),
    chain(x, (i) => `${name}.branch7x7dbl_${i}`, [[inner], [inner, column], [inner, row], [inner, column], [192, row]]),
    conv(average(x), `${name}.branch_pool`, 192),
  ]);
}

/** 17x17 to 8x8. */
function moduleD(x: Value, name: string): Value {
  return concat()([
    chain(x, (i) => `${name}.branch3x3_${i}`, [[192], [320, halving]]),
    chain(x, (i) => `${name}.branch7x7x3_${i}`, [
      [192],
      [192, { kernelSize: ROW }],
      [192, { kernelSize: COLUMN }],
      [192, halving],
    ]),
    halve(x),
  ]);
}

/** 8x8 maps: 3x3 windows as a row and a column side by side. */
function moduleE(x: Value, name: string): Value {
  const fork = (y: Value, stem: string) =>
    concat()([conv(y, `${stem}a`, 384, { kernelSize: [1, 3] }), conv(y, `${stem}b`, 384, { kernelSize: [3, 1] })]);
  return concat()([
    conv(x, `${name}.branch1x1`, 320),
    fork(conv(x, `${name}.branch3x3_1`, 384), `${name}.branch3x3_2`),
    fork(
      chain(x, (i) => `${name}.branch3x3dbl_${i}`, [[448], [384, square]]),
      `${name}.branch3x3dbl_3`,
    ),
    conv(average(x), `${name}.branch_pool`, 192),
  ]);
}

/**
 * Inception v3: `image` `[299, 299, 3]` to `logits`; 23,834,568 parameters, 27,161,264 with the auxiliary classifier.
 * Weights of an auxiliary classifier that isn't wanted are passed over.
 */
export function inceptionV3(options: InceptionOptions & { auxiliary: true }): Network<'logits' | 'auxiliary'>;
export function inceptionV3(options?: InceptionOptions): Network<'logits'>;
export function inceptionV3(options: InceptionOptions = {}): Network<'logits'> | Network<'logits' | 'auxiliary'> {
  checkOptions('inceptionV3', options, [...classifierOptions, 'auxiliary']);
  const x = image(options, 299);
  const valid = { kernelSize: 3, padding: 'valid' } as const;
  const { classes = 1000 } = options;
  let y = conv(conv(x, 'Conv2d_1a_3x3', 32, halving), 'Conv2d_2a_3x3', 32, valid);
  y = halve(conv(y, 'Conv2d_2b_3x3', 64, square));
  y = halve(conv(conv(y, 'Conv2d_3b_1x1', 80), 'Conv2d_4a_3x3', 192, valid));
  y = moduleA(y, 'Mixed_5b', 32);
  y = moduleA(moduleA(y, 'Mixed_5c', 64), 'Mixed_5d', 64);
  y = moduleC(moduleB(y, 'Mixed_6a'), 'Mixed_6b', 128);
  y = moduleC(moduleC(y, 'Mixed_6c', 160), 'Mixed_6d', 160);
  const middle = moduleC(y, 'Mixed_6e', 192);
  y = moduleE(moduleE(moduleD(middle, 'Mixed_7a'), 'Mixed_7b'), 'Mixed_7c');
  const logits = dense({ units: classes, name: 'fc' })(dropout()(globalAveragePool2d()(y)));
  if (!options.auxiliary) return network(x, { logits }, options, ['AuxLogits.']);
  const pooled = averagePool2d({ kernelSize: 5, strides: 3 })(middle);
  const features = conv(conv(pooled, 'AuxLogits.conv0', 128), 'AuxLogits.conv1', 768, {
    kernelSize: 5,
    padding: 'valid',
  });
  const auxiliary = dense({ units: classes, name: 'AuxLogits.fc' })(globalAveragePool2d()(features));
  return network(x, { logits, auxiliary }, options);
}
