// Seeded values: images, and parameters of networks that nobody trained.

import type { Network } from '../../src/layers/network.js';
import { Tensor } from '../../src/tensor.js';
import { uniform } from '../random.js';

/** An input of this shape. */
export function randomInput(shape: readonly number[]): Tensor<'float32'> {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return new Tensor('float32', shape, uniform(count, -1, 1, 1));
}

/**
 * Gives the network statistics of batch norms and biases that differ from channel to channel, as training leaves them;
 * weights keep the values that they start with (He).
 */
export function randomize(network: Network): Network {
  const values = new Map<string, Tensor>();
  network.parameters.forEach(({ name, shape, initializer }, index) => {
    if (initializer === 'ones') values.set(name, new Tensor('float32', shape, uniform(shape[0], 0.75, 1.25, index)));
    if (initializer === 'zeros') values.set(name, new Tensor('float32', shape, uniform(shape[0], -0.1, 0.1, index)));
  });
  network.load(values, { strict: false });
  return network;
}
