// node examples/quantize/fashion.mjs [--epochs 3] [--examples 60000] [--batches 16] [--seed 1] [--data /usr/share/datasets/fashion-mnist]
// A ResNet-8 learns Fashion-MNIST (Debian: apt-get install dataset-fashion-mnist); then it is quantized after training, by every
// method, and fine-tuned in the knowledge of its rounding. Prints the accuracy of each on the 10,000 test pictures.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { tensor } from 'quadlane';
import * as layers from 'quadlane/layers';
import { quantize } from 'quadlane/quantize';
import { createTrainer, losses, optimizers, quantizationAware, schedules } from 'quadlane/train';

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    examples: { type: 'string', default: '60000' },
    batches: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    data: { type: 'string', default: '/usr/share/datasets/fashion-mnist' },
  },
});
const [epochs, examples, batches, seed] = [values.epochs, values.examples, values.batches, values.seed].map(Number);
const PIXELS = 28 * 28;
const BATCH = 64;
const METHODS = ['minMax', 'percentile', 'entropy', 'meanSquaredError'];

const train = read('train', examples);
const test = read('t10k');
const loss = losses.crossEntropy();

const trainer = await createTrainer(resnet8(), { loss, optimizer: optimizers.adam({ learningRate: 2e-3 }) });
let mean = Number.NaN;
for await (const { epochLoss } of trainer.fit({
  train,
  epochs,
  batchSize: BATCH,
  seed,
  schedule: schedules.cosine({ learningRate: 2e-3, steps: epochs * Math.ceil(examples / BATCH) }),
})) {
  mean = epochLoss;
}
console.log(`loss               ${mean.toFixed(3)}`);
const exact = trainer.toModel();
const before = accuracy(exact);
console.log(`float32            ${percent(before)}`);

const calibration = Array.from({ length: batches }, (_, i) => batchOf(train, i * 32, 32));
for (const method of METHODS) {
  const quantized = await quantize(exact, { calibration, method });
  const after = accuracy(quantized);
  console.log(`${method.padEnd(18)} ${percent(after)}  ${points(after)}`);
  if (method === 'meanSquaredError') console.log(`${quantized.report}`);
}

const aware = await quantizationAware(exact, { calibration });
const tuner = await createTrainer(aware, { loss, optimizer: optimizers.adam({ learningRate: 1e-4 }) });
const count = Math.min(12_800, examples);
const few = { inputs: batchOf(train, 0, count), targets: tensor(train.targets.data.slice(0, count)) };
for await (const progress of tuner.fit({ train: few, epochs: 1, batchSize: BATCH, seed })) void progress;
const tuned = tuner.toModel();
const learnt = await quantize(tuned, {});
const after = accuracy(learnt);
console.log(`fine-tuned         ${percent(after)}  ${points(after)}`);

/** Three residual blocks of two convolutions, the second and third of stride 2: 78,000 parameters. */
function resnet8() {
  const { add, batchNorm, conv2d, dense, globalAveragePool2d, input, model, relu } = layers;
  const convolved = (x, filters, kernelSize, strides) =>
    batchNorm()(conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false })(x));
  const block = (x, filters, strides) => {
    const inner = relu()(convolved(x, filters, 3, strides));
    const shortcut = strides === 1 ? x : convolved(x, filters, 1, strides);
    return relu()(add()([convolved(inner, filters, 3, 1), shortcut]));
  };
  const image = input([28, 28, 1], { name: 'image' });
  let x = relu()(convolved(image, 16, 3, 1));
  x = block(x, 16, 1);
  x = block(x, 32, 2);
  x = block(x, 64, 2);
  return model({ inputs: image, outputs: { logits: dense({ units: 10 })(globalAveragePool2d()(x)) } }, { seed });
}

/** The first `count` pictures of a part, or all. */
function read(part, count) {
  const bytes = (name) => gunzipSync(readFileSync(join(values.data, `${part}-${name}-ubyte.gz`)));
  const images = Float32Array.from(bytes('images-idx3').subarray(16), (pixel) => pixel / 255);
  const targets = tensor(Int32Array.from(bytes('labels-idx1').subarray(8).subarray(0, count)));
  const shape = [targets.size, 28, 28, 1];
  return { inputs: tensor(images.subarray(0, targets.size * PIXELS), shape), targets };
}

function batchOf({ inputs }, first, count) {
  return tensor(inputs.data.slice(first * PIXELS, (first + count) * PIXELS), [count, 28, 28, 1]);
}

function accuracy(model) {
  let right = 0;
  const total = test.targets.size;
  for (let first = 0; first < total; first += 100) {
    const count = Math.min(100, total - first);
    const { data } = model.runSync({ image: batchOf(test, first, count) }).logits;
    for (let i = 0; i < count; i++) {
      const row = data.subarray(i * 10, i * 10 + 10);
      if (row.indexOf(Math.max(...row)) === test.targets.data[first + i]) right++;
    }
  }
  return right / total;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

function points(share) {
  return `${(100 * (share - before)).toFixed(2)} points`;
}
