// Every architecture on images smaller than it was published for, and the shapes of what comes out for one.
import type { Network } from '../../src/layers/index.js';
import { sizeOf } from '../../src/shape.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import * as zoo from '../../src/zoo/index.js';

const small = { inputSize: 64, classes: 7 };

export const networks: [name: string, network: () => Network, outputs: Record<string, number[]>][] = [
  ['lenet5', () => zoo.lenet5(), { logits: [10] }],
  ['tinyVgg', () => zoo.tinyVgg({ width: 6 }), { logits: [10] }],
  ['mlp', () => zoo.mlp({ features: 20, hidden: [16], dropout: 0.2 }), { logits: [10] }],
  ['textCnn', () => zoo.textCnn({ length: 12, features: 9 }), { logits: [2] }],
  ['alexnet', () => zoo.alexnet(small), { logits: [7] }],
  ['vgg11', () => zoo.vgg11({ ...small, batchNorm: true, width: 8 }), { logits: [7] }],
  ['googlenet', () => zoo.googlenet(small), { logits: [7] }],
  ['inceptionV3', () => zoo.inceptionV3({ ...small, inputSize: 75 }), { logits: [7] }],
  [
    'inceptionV3 with its auxiliary classifier',
    () => zoo.inceptionV3({ classes: 3, inputSize: 299, auxiliary: true }),
    { logits: [3], auxiliary: [3] },
  ],
  ['resnet18', () => zoo.resnet18({ ...small, width: 16 }), { logits: [7] }],
  ['resnet50', () => zoo.resnet50(small), { logits: [7] }],
  ['resnext50', () => zoo.resnext50(small), { logits: [7] }],
  ['densenet121', () => zoo.densenet121(small), { logits: [7] }],
  ['squeezenet1_0', () => zoo.squeezenet1_0(small), { logits: [7] }],
  ['mobilenetV1', () => zoo.mobilenetV1({ ...small, width: 0.5 }), { logits: [7] }],
  ['mobilenetV2', () => zoo.mobilenetV2({ ...small, width: 1.4 }), { logits: [7] }],
  ['mobilenetV3Small', () => zoo.mobilenetV3Small(small), { logits: [7] }],
  ['mobilenetV3Large', () => zoo.mobilenetV3Large(small), { logits: [7] }],
  ['shufflenetV2x0_5', () => zoo.shufflenetV2x0_5(small), { logits: [7] }],
  ['efficientnetB0', () => zoo.efficientnetB0(small), { logits: [7] }],
  ['mnasnet', () => zoo.mnasnet(small), { logits: [7] }],
  ['alexnet2012', () => zoo.alexnet2012({ inputSize: 99, classes: 7 }), { logits: [7] }],
  ['unet', () => zoo.unet({ inputSize: [32, 48], width: 8, classes: 3 }), { logits: [32, 48, 3] }],
  ['fcnResnet50', () => zoo.fcnResnet50({ inputSize: [65, 50], classes: 4 }), { logits: [65, 50, 4] }],
  ['espcn', () => zoo.espcn({ inputSize: [9, 11], factor: 2 }), { enlarged: [18, 22, 1] }],
  ['ssd', () => zoo.ssd({ inputSize: 128, classes: 3, boxes: 2 }), { boxes: [170, 4], scores: [170, 3] }],
];

/** A batch of two different inputs for `network`. */
export function batchOfTwo({ inputs }: Network): Record<string, Tensor> {
  const [{ name, shape }] = inputs as [(typeof inputs)[0]];
  const whole = [2, ...(shape.slice(1) as number[])];
  const data = Float32Array.from({ length: sizeOf(whole) }, (_, i) => Math.sin(i * 0.37) + Math.cos(i * 0.011));
  return { [name]: tensor(data, whole) };
}
