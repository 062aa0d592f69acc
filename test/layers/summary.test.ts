// Summaries: what they count, and receptive fields against published ones.
import { describe, expect, test } from 'vitest';
import {
  compileSync,
  conv2d,
  convTranspose2d,
  dense,
  flatten,
  input,
  maxPool2d,
  type Network,
  sequential,
  upsampling2d,
} from '../../src/layers/index.js';
import * as zoo from '../../src/zoo/index.js';

const network = () =>
  sequential([
    input([16, 12, 3]),
    conv2d({ filters: 8, kernelSize: [3, 5], activation: 'relu', name: 'first' }),
    maxPool2d(),
    flatten(),
    dense({ units: 4 }),
  ]);

/** The cells of the row that begins with `name`. */
function cells(summary: string, name: string): string[] {
  const row = summary.split('\n').find((line) => line.startsWith(`${name} `));
  return row!.split(/ {2,}/);
}

describe('of a network', () => {
  test('each layer: output, parameters, multiply-adds, bytes, receptive field', () => {
    const summary = network().summary();
    expect(cells(summary, 'first')).toEqual(['first', 'conv2d', '[batch, 14, 8, 8]', '368', '40,320', '3.5 KB', '3x5']);
    expect(cells(summary, 'maxPool2d_1')).toEqual(['maxPool2d_1', 'maxPool2d', '[batch, 7, 4, 8]', '896 B', '4x6']);
    expect(cells(summary, 'dense_1')).toEqual(['dense_1', 'dense', '[batch, 4]', '900', '896', '16 B', '-']);
    expect(cells(summary, 'total')).toEqual(['total', '1,268', '41,216']);
    expect(summary).toContain('parameters: 1,268 trainable, 0 statistics, 5.0 KB');
  });
});

describe('receptive fields of layers that enlarge', () => {
  test('a transposed convolution reads few pixels, its outputs are close together', () => {
    const summary = sequential([
      input([8, 8, 1]),
      conv2d({ filters: 1, kernelSize: 3, strides: 2, padding: 'same' }),
      convTranspose2d({ filters: 1, kernelSize: 4, strides: 2, padding: 'same' }),
      conv2d({ filters: 1, kernelSize: 3 }),
      upsampling2d({ interpolation: 'linear' }),
    ]).summary();
    expect(cells(summary, 'convTranspose2d_1').at(-1)).toBe('5');
    expect(cells(summary, 'conv2d_2').at(-1)).toBe('7');
    expect(cells(summary, 'upsampling2d_1').at(-1)).toBe('8');
  });
});

describe('of a model', () => {
  test('shows what was fused, and the memory it holds', () => {
    using model = compileSync(network());
    const summary = model.summary();
    expect(cells(summary, 'first/conv').slice(1)).toEqual([
      'conv + clip',
      '[1, 14, 8, 8]',
      '368',
      '40,320',
      '3.5 KB',
      '3x5',
    ]);
    expect(summary).toMatch(/memory: [\d.]+ KB, of it weights [\d.]+ KB, activations [\d.]+ KB/);
  });

  test('batch norm disappears in the filters before it', () => {
    using model = compileSync(zoo.resnet18({ inputSize: 32, width: 8 }));
    expect(model.summary()).not.toMatch(/^\S+ +(add|mul)\b/m);
  });
});

// Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019).
describe('receptive fields of published networks, in pixels', () => {
  const last = (network: Network) =>
    network
      .summary()
      .split('\n')
      .map((line) => Number(line.split(/ {2,}/).at(-1)))
      .filter((field) => field > 0)
      .at(-1);

  test.each<[name: string, network: Network, field: number]>([
    ['alexnet', zoo.alexnet(), 195],
    ['vgg16', zoo.vgg16(), 212],
    ['inceptionV3', zoo.inceptionV3(), 1311],
    ['mobilenetV1', zoo.mobilenetV1(), 315],
  ])('%s', (_, network, field) => {
    expect(last(network)).toBe(field);
  });
});
