// Reads a digit from a PNG file:  node examples/node/classify.mjs examples/digits/3-1.png

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { loadModel, tensor } from 'quadlane';
import { inkOf, probabilitiesOf, toMnist } from '../mnist.mjs';

const file = process.argv[2];
if (!file) {
  console.error('usage: node classify.mjs <digit.png>');
  process.exit(2);
}

// Loading compiles the network once; after that each run takes microseconds.
const model = await loadModel(fileURLToPath(new URL('../models/lenet5-mnist.onnx', import.meta.url)));

// The network wants [batch, channels, rows, columns], values from 0 to 1.
const image = tensor(toMnist(inkOf(decode(await readFile(file)))), [1, 1, 28, 28]);
const { logits } = await model.run({ image });

const probabilities = probabilitiesOf(logits.data);
const digit = probabilities.indexOf(Math.max(...probabilities));
console.log(`${digit} (${(100 * probabilities[digit]).toFixed(1)} %)`);
