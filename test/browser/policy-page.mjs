// A page whose content security policy forbids WebAssembly: every way to a model says what to add to it.

import * as quadlane from '/quadlane/browser/index.js';
import * as zoo from '/quadlane/browser/zoo.js';
import * as inline from '/quadlane/inline/index.js';
import * as ops from '/quadlane/inline/ops.js';
import { addChecks, newResult, refusalOf } from './checks.mjs';
import { send } from './send.mjs';

const network = '/models/lenet5-mnist.onnx';
const bytes = new Uint8Array(await (await fetch(network)).arrayBuffer());

const refused = (library, call) => () =>
  refusalOf(library, call, 'HOST', /content security policy/, /'wasm-unsafe-eval'/, /script-src/);

const result = await addChecks(newResult(), {
  'loadModel()': refused(quadlane, () => quadlane.loadModel(network)),
  'loadModel() with threads': refused(quadlane, () => quadlane.loadModel(network, { threads: 2 })),
  'ready()': refused(quadlane, () => quadlane.ready()),
  'compile()': refused(quadlane, () => zoo.compile(zoo.mlp({ features: 2, classes: 2 }))),
  'loadModel() of quadlane/inline': refused(inline, () => inline.loadModel(bytes)),
  'loadModelSync() of quadlane/inline': refused(inline, () => inline.loadModelSync(bytes)),
  'relu() of quadlane/inline/ops': refused(inline, () => ops.relu(inline.tensor([-1, 1]))),
});
await send({ result });
