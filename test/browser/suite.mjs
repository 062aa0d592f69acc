// The smoke suite as pages and workers run it. Addresses are whole ones: a worker made of a blob has no folder.

import { smoke } from '/runtimes/smoke.mjs';

const at = (path) => new URL(path, import.meta.url);

/** The suite's result, or the error that kept it from running. */
export async function runSmoke(threads) {
  try {
    const quadlane = await import('/quadlane/browser/index.js');
    const train = await import('/quadlane/browser/train.js');
    const inputs = await (await fetch(at('/inputs.json'))).json();
    return { result: await smoke(quadlane, { ...inputs, model: at('/models/lenet5-mnist.onnx'), train, threads }) };
  } catch (error) {
    return { error: `${error}\n${error.stack}` };
  }
}
