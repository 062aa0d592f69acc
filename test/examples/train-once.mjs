// One epoch of the training page in Node: prints the steps done and the fingerprint of the weights, for pages to compare with.

import { pack, unpack } from '../../examples/train/digits.mjs';
import { createLenetTrainer, fingerprintOf, learn } from '../../examples/train/training.mjs';
import { readDigits } from '../../examples/train-mnist/digits.mjs';

const { train, test } = readDigits();
const [seed, epochs] = process.argv.slice(2).map(Number);
const trainer = await createLenetTrainer(seed);
const settings = { epochs, learningRate: 0.006, seed, distort: true };
for await (const _ of learn(trainer, { train: unpack(pack(train)), test: unpack(pack(test)) }, settings));
console.log(trainer.stepsDone, await fingerprintOf(trainer));
