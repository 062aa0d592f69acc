// npm run demo: reads 40 handwritten digits with LeNet-5 and shows what it sees.

import { fileURLToPath } from 'node:url';
import { loadModel, tensor } from 'quadlane';
import { softmax } from 'quadlane/ops';
import { readDigits } from './digits.mjs';
import { arrange, CARD_WIDTH, drawBar, drawDigit, style } from './terminal.mjs';

/** Each digit is classified this often; its time is the median. The first passes, which compile, count little then. */
const PASSES = 51;

const model = await loadModel(fileURLToPath(new URL('../models/lenet5-mnist.onnx', import.meta.url)));
const digits = readDigits();
const times = digits.map(() => []);
const results = new Array(digits.length);

for (let pass = 0; pass < PASSES; pass++) {
  digits.forEach(({ pixels }, index) => {
    const image = tensor(pixels, [1, 1, 28, 28]);
    const start = performance.now();
    results[index] = model.runSync({ image });
    times[index].push(performance.now() - start);
  });
}

const seen = digits.map(({ name, label, pixels }, index) => {
  const probabilities = softmax(results[index].logits).data;
  const probability = Math.max(...probabilities);
  const digit = probabilities.indexOf(probability);
  const microseconds = 1000 * times[index].sort((a, b) => a - b)[PASSES >> 1];
  return { name, label, pixels, digit, probability, microseconds };
});

const right = seen.filter(({ digit, label }) => digit === label).length;
const perSecond = (1e6 * seen.length) / seen.reduce((sum, { microseconds }) => sum + microseconds, 0);
const { variant, threads } = model.info;

console.log(arrange(seen.map(card)));
console.log();
console.log(style(right === seen.length ? 'green' : 'yellow', `${right} of ${seen.length} right`));
console.log(
  `${Math.round(perSecond).toLocaleString('en-US')} images per second, one at a time ` +
    `(median of ${PASSES} runs each; ${variant} binary, ${threads} thread${threads > 1 ? 's' : ''})`,
);

/** A digit, what it was taken for, how surely, and how fast. */
function card({ name, label, pixels, digit, probability, microseconds }) {
  const verdict = digit === label ? `${name}: ${digit}` : `${name}: ${digit}, wrong: it is ${label}`;
  const time = `${microseconds.toFixed(0)} us`;
  const percent = `${(100 * probability).toFixed(1)} %`.padStart(7);
  return [
    ...drawDigit(pixels),
    style(digit === label ? 'bold' : 'red', verdict) + style('dim', time.padStart(CARD_WIDTH - verdict.length)),
    `${style(digit === label ? 'green' : 'red', drawBar(probability, CARD_WIDTH - 8))} ${percent}`,
  ];
}
