// The smoke suite with quadlane/inline, for a bundle that is a classic script: a worker's, or one inside a page from a disk,
// which has the network and the digits too.

import * as quadlane from '/quadlane/inline/index.js';
import * as train from '/quadlane/inline/train.js';
import { smoke } from '/runtimes/smoke.mjs';

async function run() {
  const { model, ...inputs } = globalThis.given ?? (await (await fetch('/inputs.json')).json());
  const source = model
    ? Uint8Array.from(atob(model), (character) => character.charCodeAt(0))
    : '/models/lenet5-mnist.onnx';
  return { result: await smoke(quadlane, { ...inputs, model: source, train, threads: 1 }) };
}

run()
  .catch((error) => ({ error: `${error}\n${error.stack}` }))
  .then((outcome) => {
    if (typeof document === 'undefined') postMessage(outcome);
    else globalThis.outcome = outcome;
  });
