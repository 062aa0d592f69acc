// The smoke suite as pages and workers run it.

import { smoke } from '/runtimes/smoke.mjs';

/** The suite's result, or the error that kept it from running. */
export async function runSmoke(threads) {
  try {
    const quadlane = await import('/quadlane/browser/index.js');
    const train = await import('/quadlane/browser/train.js');
    const inputs = await (await fetch('/inputs.json')).json();
    const model = new URL('/models/lenet5-mnist.onnx', location.href);
    return { result: await smoke(quadlane, { ...inputs, model, train, threads }) };
  } catch (error) {
    return { error: `${error}\n${error.stack}` };
  }
}
