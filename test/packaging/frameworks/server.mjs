// What the frameworks run in Node, where they render pages: reads a digit with the network that the pages load.

import { readFile } from 'node:fs/promises';
import { loadModel, tensor } from 'quadlane';

/** The digit in the first picture of `inputs.json`; `folder` has what the page can fetch. */
export async function readAtBuild(folder) {
  const { digits } = JSON.parse(await readFile(`${folder}/inputs.json`, 'utf8'));
  const model = await loadModel(`${folder}/models/lenet5-mnist.onnx`);
  const pixels = Float32Array.from(digits.at(-1).pixels, (value) => value / 255);
  const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
  model.dispose();
  return logits.data.indexOf(Math.max(...logits.data));
}
