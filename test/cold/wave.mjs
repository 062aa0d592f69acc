// Runs a model on a wave, a batch of one.

import { tensor } from '../../dist/node/index.js';

/** The model's outputs, by name. */
export function runOnce(model) {
  const [[name, { shape }]] = Object.entries(model.inputs);
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
  const data = Float32Array.from({ length: sizes.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 0.37));
  return model.run({ [name]: tensor(data, sizes) });
}
