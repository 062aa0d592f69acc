// node examples/worker-jpeg/train.mjs: trains the worker's network on pictures that it draws, and writes shapes.safetensors.
// Two minutes on one core; the same bits on every engine.

import { writeFileSync } from 'node:fs';
import { tensor } from 'quadlane';
import { conv2d, dense, globalMaxPool2d, input, maxPool2d, sequential } from 'quadlane/layers';
import { createTrainer, losses, optimizers, schedules } from 'quadlane/train';
import { drawShapes, names, randomFrom } from './shapes.mjs';

const SIZE = 48;
const BATCH_SIZE = 32;
const EPOCHS = Number(process.argv[2] ?? 20);
const random = randomFrom(20_261);

const block = (filters) => [
  conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' }),
  maxPool2d({ kernelSize: 2 }),
];
const network = sequential(
  [
    input([SIZE, SIZE, 3], { name: 'image' }),
    ...[12, 24, 32].flatMap(block),
    conv2d({ filters: 48, kernelSize: 3, padding: 'same', activation: 'relu' }),
    globalMaxPool2d(),
    dense({ units: names.length }),
  ],
  { seed: 1 },
);

const pictures = (count) => {
  const { inputs, targets } = drawShapes(count, SIZE, random);
  return { inputs: tensor(inputs, [count, SIZE, SIZE, 3]), targets };
};
const train = pictures(6000);
const validation = pictures(1000);
const trainer = await createTrainer(network, {
  loss: losses.crossEntropy(),
  optimizer: optimizers.adam(),
  seed: 1,
  deterministic: true,
});
const schedule = schedules.oneCycle({
  learningRate: 0.006,
  steps: EPOCHS * Math.ceil(train.targets.length / BATCH_SIZE),
});
for await (const progress of trainer.fit({
  train,
  validation,
  epochs: EPOCHS,
  batchSize: BATCH_SIZE,
  seed: 1,
  schedule,
})) {
  if (!progress.epochDone) continue;
  const { epoch, epochLoss, validation } = progress;
  console.log(`${epoch}: loss ${epochLoss.toFixed(3)}, right ${(100 * validation.accuracy).toFixed(1)} %`);
}
const model = trainer.toModel({ deterministic: true });
writeFileSync(new URL('./shapes.safetensors', import.meta.url), await model.save());
