// A program that becomes one executable file. Arguments: the network, the file of digits.

import { readFileSync } from 'node:fs';
import { loadModel, tensor } from 'quadlane/inline';

const [model, inputs] = process.argv.slice(2);
const [{ name, pixels }] = JSON.parse(readFileSync(inputs, 'utf8')).digits;
const network = await loadModel(model);
const image = tensor(
  Float32Array.from(pixels, (pixel) => pixel / 255),
  [1, 1, 28, 28],
);
const { logits } = await network.run({ image });
console.log(name[0], logits.data.indexOf(Math.max(...logits.data)));
