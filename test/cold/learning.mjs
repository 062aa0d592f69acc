// Every layer in a network that learns: its gradient, and what training needs besides.

import { tensor } from '../../dist/node/index.js';
import * as layers from '../../dist/node/layers.js';
import { createTrainer, losses, optimizers } from '../../dist/node/train.js';
import { networks } from './networks.mjs';

/** The layers that there are. */
export function names() {
  return Object.keys(networks);
}

/**
 * The loss at first of the network of `name` for targets of 0, as it is and as it should be, and how far one step moves the
 * parameters of a layer before it that adds 0 at first.
 */
export async function run(name) {
  const [shape, values, after, outputs] = networks[name];
  const x = layers.input(shape);
  const before = layers.dense({ name: 'before', units: shape.at(-1), kernelInitializer: 'zeros' });
  const y = layers.flatten()(after(layers.add()([x, before(x)])));
  const options = { loss: losses.meanSquaredError(), optimizer: optimizers.sgd({ learningRate: 0.1 }) };
  const trainer = await createTrainer(layers.model({ inputs: x, outputs: y }), options);
  const batch = (images, target) => {
    const count = images.length * outputs.length;
    return {
      inputs: tensor(Float32Array.from(images.flat()), [images.length, ...shape]),
      targets: tensor(Float32Array.from({ length: count }, target), [images.length, outputs.length]),
    };
  };
  const { loss } = trainer.test(batch([values], () => 0));
  // Of three images with targets of their own even a batch norm has a gradient.
  const images = [1, 1.5, 4].map((factor) => values.map((value) => factor * value));
  trainer.step(batch(images, (_, i) => Math.sin(i)));
  const moved = Math.hypot(
    ...['weight', 'bias'].flatMap((role) => [...trainer.parameters().get(`before.${role}`).data]),
  );
  return { loss, expected: outputs.reduce((sum, value) => sum + value * value, 0) / outputs.length, moved };
}
