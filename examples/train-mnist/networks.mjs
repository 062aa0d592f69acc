// What learns the digits, and how.

import { averagePool2d, conv2d, dense, flatten, input, sequential } from 'quadlane/layers';
import { augmentation, createTrainer, losses, optimizers, schedules } from 'quadlane/train';

/** Examples in a step. */
export const BATCH_SIZE = 32;

/** LeNet-5 (LeCun et al. 1998) on 28 x 28 pixels, with rectifiers. */
export function lenet(seed) {
  return sequential(
    [
      input([28, 28, 1], { name: 'image' }),
      conv2d({ filters: 6, kernelSize: 5, padding: 2, activation: 'relu', name: 'conv1' }),
      averagePool2d({ kernelSize: 2 }),
      conv2d({ filters: 16, kernelSize: 5, activation: 'relu', name: 'conv2' }),
      averagePool2d({ kernelSize: 2 }),
      flatten(),
      dense({ units: 120, activation: 'relu', name: 'fc1' }),
      dense({ units: 84, activation: 'relu', name: 'fc2' }),
      dense({ units: 10, name: 'fc3' }),
    ],
    { seed },
  );
}

/** A multilayer perceptron of about as many parameters, for comparison. */
export function perceptron(seed) {
  return sequential(
    [
      input([28, 28, 1], { name: 'image' }),
      flatten(),
      dense({ units: 76, activation: 'relu', name: 'fc1' }),
      dense({ units: 10, name: 'fc2' }),
    ],
    { seed },
  );
}

/** Digits as other hands might have written them. */
export const otherHands = augmentation({
  shift: 2,
  rotate: 12,
  scale: [0.88, 1.12],
  elastic: { strength: 20, smoothness: 4 },
});

/** A trainer for `network`; the same bits on every engine. */
export function trainerOf(network, seed) {
  return createTrainer(network, {
    loss: losses.crossEntropy(),
    optimizer: optimizers.adam(),
    seed,
    deterministic: true,
  });
}

/** Learning rates for `epochs` epochs over `examples` examples: they rise to `learningRate`, and fall to almost nothing. */
export function ratesFor(examples, epochs, learningRate = 0.006) {
  return schedules.oneCycle({ learningRate, steps: epochs * Math.ceil(examples / BATCH_SIZE) });
}
