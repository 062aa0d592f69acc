// Puts beside out/main.js what bundlers of scripts leave to the program: the page, the network, and quadlane's files.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
// Its dist/ has all that wasmUrl is to find.
const dist = new URL('./', import.meta.resolve('quadlane/strict.wasm'));

mkdirSync(here('out/quadlane'), { recursive: true });
writeFileSync(here('out/index.html'), readFileSync(here('index.html'), 'utf8').replace('carried.js', 'main.js'));
copyFileSync(here('style.css'), here('out/style.css'));
copyFileSync(here('../models/lenet5-mnist.onnx'), here('out/lenet5-mnist.onnx'));
for (const file of ['quadlane.strict.wasm', 'quadlane.relaxed.wasm', 'quadlane.thread.js']) {
  copyFileSync(new URL(file, dist), here(`out/quadlane/${file}`));
}
