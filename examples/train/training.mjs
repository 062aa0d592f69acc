// LeNet-5 learns digits. Knows neither page nor worker: what one seed gives is the same bits in every browser and in Node.

import { BATCH_SIZE, lenet, otherHands, ratesFor, trainerOf } from '../train-mnist/networks.mjs';

/** The held-back digits are tried this often in an epoch; the last time at its end. */
const TRIALS_AN_EPOCH = 4;

/** A trainer for LeNet-5 with the first weights that `seed` gives. */
export function createLenetTrainer(seed) {
  return trainerOf(lenet(seed), seed);
}

/**
 * Trains, and tells after each step where it stands: `progress` of `trainer.fit`, how many `examples` the step took, which
 * part of them was right (`accuracy`), and what the network makes of the held-back digits (`evaluation`) where it was tried.
 * @param {{ train: object, test: object }} digits
 * @param {{ epochs: number, learningRate: number, seed: number, distort: boolean }} settings
 */
export async function* learn(trainer, { train, test }, { epochs, learningRate, seed, distort }) {
  const total = train.targets.length;
  const steps = trainer.fit({
    train,
    epochs,
    batchSize: BATCH_SIZE,
    seed,
    schedule: ratesFor(total, epochs, learningRate),
    ...(distort && { augment: otherHands }),
  });
  let rightBefore = 0;
  for await (const progress of steps) {
    const { batch, batches, epochAccuracy, epochDone } = progress;
    const seen = Math.min(batch * BATCH_SIZE, total);
    const examples = seen - (batch - 1) * BATCH_SIZE;
    const right = Math.round(epochAccuracy * seen);
    const accuracy = (right - rightBefore) / examples;
    rightBefore = epochDone ? 0 : right;
    const due = epochDone || batch % Math.ceil(batches / TRIALS_AN_EPOCH) === 0;
    yield { progress, examples, accuracy, ...(due && { evaluation: await trainer.evaluate(test) }) };
  }
}

/** SHA-256 of all parameters, in hexadecimal: two networks have the same one when all their bits are the same. */
export async function fingerprintOf(trainer) {
  const values = [...trainer.parameters().values()].flatMap(({ data }) => [...data]);
  const hash = await crypto.subtle.digest('SHA-256', Float32Array.from(values));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
