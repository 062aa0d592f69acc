// npm run demo:train -- [--epochs 30] [--seed 1] [--out folder]
// LeNet-5 learns handwritten digits from random weights; a perceptron and nearest neighbours for comparison. The trained
// model goes to the folder, examples/train-mnist/out by default. Packages of its own: npm ci --prefix examples/train-mnist

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadModel } from 'quadlane';
import { exportOnnx } from 'quadlane/onnx';
import { ready, softmax } from 'quadlane/ops';
import { nearestNeighbours } from 'quadlane/train';
import { arrange, CARD_WIDTH, drawBar, drawDigit, style } from '../demo/terminal.mjs';

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: fileURLToPath(new URL('./out', import.meta.url)) },
  },
});
const [epochs, seed] = [Number(values.epochs), Number(values.seed)];
const MISTAKES = 10;

const { drawChart, percent, readDigits, screen, ...networks } = await parts();
const { BATCH_SIZE: batchSize, otherHands: augment } = networks;
const { train, test } = readDigits();
console.log(`${train.targets.length} digits to learn from, ${test.targets.length} held back; seed ${seed}\n`);

const points = [];
const lenet = await learn('LeNet-5', networks.lenet(seed), epochs, points);
const perceptron = await learn('perceptron', networks.perceptron(seed), Math.min(epochs, 10));
await ready();
const votes = nearestNeighbours(train.inputs, train.targets, { k: 3 }).predict(test.inputs).data;
const neighboursRight = votes.filter((label, index) => label === test.targets[index]).length / votes.length;

const evaluation = await lenet.trainer.evaluate(test);
console.log('What the held-back digits are (rows), and what LeNet-5 takes them for (columns):\n');
console.log(`${evaluation.classes}\n`);
showMistakes(lenet.trainer.predict(test.inputs).output);

console.log(style('bold', `LeNet-5             ${percent(evaluation.accuracy)}  (${lenet.seconds.toFixed(0)} s)`));
console.log(`perceptron          ${percent(perceptron.accuracy)}  (${perceptron.seconds.toFixed(0)} s)`);
console.log(`3 nearest digits    ${percent(neighboursRight)}\n`);
await save();

/** The modules of this demo that need the packages beside it. */
async function parts() {
  try {
    const modules = ['./chart.mjs', './digits.mjs', './networks.mjs', './screen.mjs'].map((path) => import(path));
    return Object.assign({}, ...(await Promise.all(modules)));
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error('This demo has packages of its own: run `npm ci --prefix examples/train-mnist` once before.');
    process.exit(1);
  }
}

/** Trains `network`, showing how it goes; each epoch adds two points to `curve`. */
async function learn(title, network, epochs, curve = []) {
  const trainer = await networks.trainerOf(network, seed);
  const view = screen(title, epochs);
  const schedule = networks.ratesFor(train.targets.length, epochs);
  const started = performance.now();
  let accuracy = 0;
  for await (const progress of trainer.fit({
    train,
    validation: test,
    epochs,
    batchSize,
    seed,
    augment,
    schedule,
    callbacks: { step: view.step, epoch: view.epoch },
  })) {
    if (!progress.epochDone) continue;
    const { epoch, epochLoss, epochAccuracy, validation } = progress;
    curve.push({ epoch, of: 'digits to learn from, distorted', loss: epochLoss, accuracy: epochAccuracy });
    curve.push({ epoch, of: 'digits held back', loss: validation.loss, accuracy: validation.accuracy });
    accuracy = validation.accuracy;
  }
  view.stop();
  console.log();
  return { trainer, accuracy, seconds: (performance.now() - started) / 1000 };
}

/** Draws the digits that the network is most sure of and wrong about. */
function showMistakes(logits) {
  const probabilities = softmax(logits).data;
  const mistakes = test.targets
    .map((label, index) => {
      const row = probabilities.subarray(10 * index, 10 * index + 10);
      const probability = Math.max(...row);
      return { index, label, digit: row.indexOf(probability), probability, right: row[label] };
    })
    .filter(({ digit, label }) => digit !== label)
    .sort((a, b) => a.right - b.right)
    .slice(0, MISTAKES);
  if (mistakes.length === 0) return;
  console.log(`The ${mistakes.length} worst mistakes:\n`);
  console.log(arrange(mistakes.map(card)));
  console.log();
}

function card({ index, label, digit, probability }) {
  const pixels = test.inputs.data.subarray(784 * index, 784 * (index + 1));
  return [
    ...drawDigit(pixels),
    style('red', `a ${label}, taken for a ${digit}`.padEnd(CARD_WIDTH)),
    `${style('red', drawBar(probability, CARD_WIDTH - 8))} ${`${(100 * probability).toFixed(1)} %`.padStart(7)}`,
  ];
}

/** Writes the model in both formats and the chart, and reads the models back to compare what they say. */
async function save() {
  const folder = join(values.out, '/');
  mkdirSync(folder, { recursive: true });
  const model = lenet.trainer.toModel({ deterministic: true });
  const expected = model.runSync({ image: test.inputs }).output.data;
  writeFileSync(`${folder}lenet5.safetensors`, await model.save());
  writeFileSync(`${folder}lenet5.onnx`, exportOnnx(model));
  writeFileSync(`${folder}training.svg`, await drawChart(points, 'LeNet-5 learns handwritten digits'));
  for (const file of ['lenet5.safetensors', 'lenet5.onnx']) {
    const again = await loadModel(folder + file, { deterministic: true });
    const { data } = again.runSync({ image: test.inputs }).output;
    const largest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
    const size = Math.round(readFileSync(folder + file).length / 1024);
    if (largest > 1e-4)
      throw new Error(`${file} doesn't say what the trained network says: logits differ by ${largest}`);
    console.log(`${folder}${file} (${size} KB), read back: logits within ${largest.toExponential(1)}`);
  }
  console.log(`${folder}training.svg`);
}
