// Every entry of quadlane/train in a minimal training, and what is to come of it. Most train y = w x with w = x = 1 at
// first, towards y = 0.

import { tensor } from '../../dist/node/index.js';
import * as layers from '../../dist/node/layers.js';
import * as train from '../../dist/node/train.js';

const floats = (values, shape) => tensor(Float32Array.from(values), shape);
const labels = (...values) => tensor(Int32Array.from(values));
const one = floats([1], [1, 1]);
const zero = floats([0], [1, 1]);
const towardsZero = { inputs: one, targets: zero };

/** A trainer of a dense layer without bias, all weights 1. */
function trainerOf({ units = 1, ...options } = {}) {
  const dense = layers.dense({ units, useBias: false, kernelInitializer: 'ones' });
  const defaults = { loss: train.losses.meanSquaredError(), optimizer: train.optimizers.sgd({ learningRate: 0.1 }) };
  return train.createTrainer(layers.sequential([layers.input([1]), dense]), { ...defaults, ...options });
}

const weightsOf = (trainer) => [...trainer.parameters()].flatMap(([, { data }]) => [...data]);

/** The loss of the first step for a prediction of 2, or of 2 for each of two classes. */
async function lossOf(loss, target, expected) {
  const units = target.dtype === 'int32' ? 2 : 1;
  const trainer = await trainerOf({ units, loss });
  return [[trainer.step({ inputs: floats([2], [1, 1]), targets: target }).loss], [expected]];
}

/** The loss of the first step, 1 without the penalty. */
async function penalized(penalty, expected) {
  const trainer = await trainerOf({ penalty });
  return [[trainer.step(towardsZero).loss], [expected]];
}

/** The weight after one step; its gradient is 2. */
async function optimized(optimizer, expected) {
  const trainer = await trainerOf({ optimizer });
  trainer.step(towardsZero);
  return [weightsOf(trainer), [expected]];
}

/** The weight after one step that makes it 0.8. */
async function constrained(constraint, expected) {
  const trainer = await trainerOf({ constraint });
  trainer.step(towardsZero);
  return [weightsOf(trainer), [expected]];
}

/** The learning rates of four epochs of one step. */
async function scheduled(schedule, expected) {
  const trainer = await trainerOf();
  const rates = [];
  for await (const { learningRate } of trainer.fit({ train: towardsZero, epochs: 4, schedule }))
    rates.push(learningRate);
  return [rates, expected];
}

/** The loss of a step on an image of one pixel that is covered with 5s. */
async function augmented(augment) {
  const pixel = layers.input([1, 1, 1]);
  const conv = layers.conv2d({ filters: 1, kernelSize: 1, kernelInitializer: 'ones' });
  const options = { loss: train.losses.meanSquaredError(), optimizer: train.optimizers.sgd({ learningRate: 0.1 }) };
  const trainer = await train.createTrainer(layers.sequential([pixel, conv, layers.flatten()]), options);
  const losses = [];
  const images = { inputs: floats([1], [1, 1, 1, 1]), targets: zero };
  for await (const { loss } of trainer.fit({ train: images, epochs: 1, augment })) losses.push(loss);
  return [losses, [25]];
}

/** The label of the nearest of two examples. */
function nearest(make) {
  const neighbours = make(floats([0, 0, 1, 1], [2, 2]), [3, 4], { k: 1 });
  return [[...neighbours.predict(floats([0.9, 0.8, 0.1, 0], [2, 2])).data], [4, 3]];
}

const cutout = { cutout: { size: 1, value: 5 } };
const [now, next] = [1, 2].map((step) => 0.9 * (1 - 0.5 * 0.96 ** (step * 0.004)));

const cases = {
  Augmentation: () => augmented(new train.Augmentation(cutout)),
  Classification: async () => {
    const classes = new train.Classification(2);
    const trainer = await trainerOf({ units: 2, loss: train.losses.crossEntropy() });
    const [scores] = Object.values(trainer.predict(floats([1, 1], [2, 1])));
    classes.add(scores, [0, 1]);
    return [
      [classes.accuracy, ...classes.counts],
      [0.5, 1, 0, 1, 0],
    ];
  },
  NearestNeighbours: () => nearest((...given) => new train.NearestNeighbours(...given)),
  Random: async () => {
    const random = new train.Random(7);
    const again = new train.Random(random.state);
    const drawn = () => [random.uniform(), random.integer(10), random.beta(0.5)];
    return [drawn(), [again.uniform(), again.integer(10), again.beta(0.5)]];
  },
  'optimizers.adadelta': () =>
    optimized(train.optimizers.adadelta({ learningRate: 0.1 }), 1 - 0.1 * 2 * Math.sqrt(1e-6 / (0.4 + 1e-6))),
  'optimizers.adagrad': () => optimized(train.optimizers.adagrad({ learningRate: 0.1 }), 0.9),
  'optimizers.adam': () => optimized(train.optimizers.adam({ learningRate: 0.1 }), 0.9),
  'optimizers.adamW': () => optimized(train.optimizers.adamW({ learningRate: 0.1 }), 0.899),
  'optimizers.adamax': () => optimized(train.optimizers.adamax({ learningRate: 0.1 }), 0.9),
  'optimizers.lion': () => optimized(train.optimizers.lion({ learningRate: 0.1 }), 0.9),
  'optimizers.radam': () => optimized(train.optimizers.radam({ learningRate: 0.1 }), 0.8),
  'constraints.maxNorm': () => constrained(train.constraints.maxNorm(0.5), 0.5),
  'constraints.nonNegative': () => constrained(train.constraints.nonNegative(), 0.8),
  'constraints.unitNorm': () => constrained(train.constraints.unitNorm(), 1),
  augmentation: () => augmented(train.augmentation(cutout)),
  batches: async () => {
    const data = { inputs: floats([1, 1], [2, 1]), targets: floats([0, 0], [2, 1]) };
    const trainer = await trainerOf();
    for await (const batch of train.batches(data, { batchSize: 1 }, new train.Random(1))) trainer.step(batch);
    return [weightsOf(trainer), [0.64]];
  },
  'losses.binaryCrossEntropy': () =>
    lossOf(train.losses.binaryCrossEntropy(), floats([1], [1, 1]), Math.log(1 + Math.exp(-2))),
  channelStatistics: async () => {
    const { mean, deviation } = train.channelStatistics(floats([1, 3], [1, 1, 2, 1]));
    return [
      [...mean, ...deviation],
      [2, 1],
    ];
  },
  'schedules.constant': () => scheduled(train.schedules.constant(0.1), [0.1, 0.1, 0.1, 0.1]),
  'schedules.constantWarmup': () =>
    scheduled(train.schedules.constantWarmup({ learningRate: 0.1, factor: 0.5, steps: 2 }), [0.05, 0.05, 0.1, 0.1]),
  'schedules.cosine': () => scheduled(train.schedules.cosine({ learningRate: 0.1, steps: 2 }), [0.1, 0.05, 0, 0.05]),
  'schedules.cosineRestarts': () =>
    scheduled(train.schedules.cosineRestarts({ learningRate: 0.1, steps: 2 }), [0.1, 0.05, 0.1, 0.05]),
  createTrainer: () => optimized(train.optimizers.sgd({ learningRate: 0.1 }), 0.8),
  'losses.crossEntropy': () => lossOf(train.losses.crossEntropy(), labels(0), Math.log(2)),
  'schedules.cyclic': () =>
    scheduled(train.schedules.cyclic({ learningRate: 0.3, min: 0.1, steps: 2 }), [0.1, 0.2, 0.3, 0.2]),
  'schedules.exponential': () =>
    scheduled(train.schedules.exponential({ learningRate: 0.1, gamma: 0.5 }), [0.1, 0.05, 0.025, 0.0125]),
  'losses.huber': () => lossOf(train.losses.huber(), zero, 1.5),
  'losses.klDivergence': () => lossOf(train.losses.klDivergence(), floats([0.5], [1, 1]), 0.5 * (Math.log(0.5) - 2)),
  'losses.l1': () => lossOf(train.losses.l1(), zero, 2),
  'schedules.linearWarmup': () =>
    scheduled(train.schedules.linearWarmup({ learningRate: 0.1, factor: 0.5, steps: 2 }), [0.05, 0.075, 0.1, 0.1]),
  'losses.meanSquaredError': () => lossOf(train.losses.meanSquaredError(), zero, 4),
  mixup: async () => {
    const { inputs, targets } = train.mixup(
      floats([1, 3], [2, 1]),
      labels(0, 1),
      { alpha: 1, classes: 2 },
      new train.Random(1),
    );
    const trainer = await trainerOf({ units: 2, loss: train.losses.crossEntropy() });
    const blended = [0, 1].map((row) => targets.data[2 * row] + 3 * targets.data[2 * row + 1]);
    return [
      [...inputs.data, trainer.step({ inputs, targets }).loss],
      [...blended, Math.log(2)],
    ];
  },
  'losses.multiMargin': () => lossOf(train.losses.multiMargin(), labels(0), 0.5),
  'schedules.multiStep': () =>
    scheduled(
      train.schedules.multiStep({ learningRate: 0.1, milestones: [1, 3], gamma: 0.5 }),
      [0.1, 0.05, 0.05, 0.025],
    ),
  'optimizers.nadam': () =>
    optimized(
      train.optimizers.nadam({ learningRate: 0.1 }),
      1 - (0.1 * 2 + (0.2 * 0.1 * next) / (1 - now * now * next)) / 2,
    ),
  nearestNeighbours: () => nearest(train.nearestNeighbours),
  normalize: async () => {
    const { data } = train.normalize(floats([1, 3], [1, 1, 2, 1]), { mean: [2], deviation: [0.5] });
    return [[...data], [-2, 2]];
  },
  'schedules.oneCycle': () =>
    scheduled(
      train.schedules.oneCycle({ learningRate: 0.3, steps: 4, rising: 0.5, anneal: 'linear', divFactor: 3 }),
      [0.1, 0.3, 0.150005, 1e-5],
    ),
  'schedules.polynomial': () =>
    scheduled(train.schedules.polynomial({ learningRate: 0.1, steps: 4 }), [0.1, 0.075, 0.05, 0.025]),
  'penalties.l1': () => penalized(train.penalties.l1(0.5), 1.5),
  'penalties.l2': () => penalized(train.penalties.l2(0.5), 1.25),
  preview: async () => [[...train.preview(floats([0, 1], [2, 1, 1, 1])).data], [0, 0, 0, 255, 255, 255, 255, 255]],
  // Scales that fit 1 round it to itself.
  quantizationAware: async () => {
    const dense = layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones' });
    const network = layers.sequential([layers.input([1]), dense]);
    const aware = await train.quantizationAware(network, { calibration: [one] });
    const trainer = await train.createTrainer(aware, {
      loss: train.losses.meanSquaredError(),
      optimizer: train.optimizers.sgd({ learningRate: 0.1 }),
    });
    return [[trainer.step(towardsZero).loss], [1]];
  },
  readCheckpoint: async () => {
    const [trainer, other] = [await trainerOf(), await trainerOf()];
    for await (const { checkpoint } of trainer.fit({ train: towardsZero, epochs: 1 })) {
      other.restore(train.readCheckpoint(checkpoint()).trainer);
    }
    return [weightsOf(other), [0.8]];
  },
  // The second step reaches 0, so that the fourth is the first after an epoch without an improvement.
  'schedules.reduceOnPlateau': () =>
    scheduled(train.schedules.reduceOnPlateau({ learningRate: 0.5, patience: 0, factor: 0.5 }), [0.5, 0.5, 0.5, 0.25]),
  'optimizers.rmsprop': () => optimized(train.optimizers.rmsprop({ learningRate: 0.1 }), 0),
  'optimizers.sgd': () => optimized(train.optimizers.sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.5 }), 0.75),
  'losses.smoothL1': () => lossOf(train.losses.smoothL1({ beta: 4 }), zero, 0.5),
  'schedules.step': () =>
    scheduled(train.schedules.step({ learningRate: 0.1, stepSize: 2, gamma: 0.5 }), [0.1, 0.1, 0.05, 0.05]),
  'schedules.warmup': () =>
    scheduled(train.schedules.warmup(train.schedules.constant(0.1), { steps: 2 }), [0.05, 0.1, 0.1, 0.1]),
  writeCheckpoint: async () => {
    const trainer = await trainerOf();
    const bytes = train.writeCheckpoint({ epoch: 3, trainer: trainer.state() });
    trainer.step(towardsZero);
    for await (const _ of trainer.fit({ train: towardsZero, epochs: 4, resume: bytes }));
    return [weightsOf(trainer), [0.8]];
  },
};

/** What the package exports, and what there are cases for. */
export function names() {
  const exported = Object.entries(train).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : Object.keys(value).map((member) => `${name}.${member}`),
  );
  return { exported, covered: Object.keys(cases) };
}

/** What comes of the training of `name`, and what should. */
export async function run(name) {
  const [actual, expected] = await cases[name]();
  return { actual, expected };
}
