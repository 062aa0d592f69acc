// A model file, loaded and run as a program of its own does it.

import { readFileSync } from 'node:fs';
import { loadModel, Tensor } from '../../dist/node/index.js';

/**
 * Outputs of a model for each set of inputs, in the model's order.
 * @param source the path of its file, or its bytes
 * @param folder where the files of its external data lie
 * @param files bytes of those of them that aren't there, by name
 */
export async function run(source, sets, folder, files = {}) {
  const externalData = (location) => files[location] ?? readFileSync(`${folder}/${location}`);
  const model = await loadModel(source, { externalData });
  const results = [];
  for (const inputs of sets) {
    const named = Object.keys(model.inputs).map((name, at) => {
      const { dtype, shape, data } = inputs[at];
      return [name, new Tensor(dtype, shape, data)];
    });
    results.push(Object.values(await model.run(Object.fromEntries(named))));
  }
  model.dispose();
  return results;
}
