// A service worker with quadlane as pages have it, whose lazy parts can't come.

import * as quadlane from '/quadlane/browser/index.js';
import { refusalOf } from './checks.mjs';

const ways = {
  'loadModel()': () => quadlane.loadModel('/models/lenet5-mnist.onnx'),
  'loadModel() with threads': () => quadlane.loadModel('/models/lenet5-mnist.onnx', { threads: 2 }),
  'loadModel() of what is not there': () => quadlane.loadModel('/models/lenet5-mnist.onnx', { wasmUrl: '/nowhere' }),
  'ready()': () => quadlane.ready(),
};

addEventListener('message', async ({ ports: [port] }) => {
  const told = await Promise.all(
    Object.entries(ways).map(async ([name, way]) => [
      name,
      await refusalOf(quadlane, way, 'HOST', /service worker/, /"quadlane\/inline"/).then(
        (detail) => ({ detail }),
        (error) => ({ error: `${error}\n${error.stack}` }),
      ),
    ]),
  );
  port.postMessage(Object.fromEntries(told));
});
