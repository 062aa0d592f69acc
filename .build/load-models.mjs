// Run with a folder of bundles: what programs do first. Loads a small network from its ONNX file and from a saved one, and
// runs it.

import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// Workers import binaries as compiled modules from beside their folder, where they may not be yet; and this engine may not
// know the relaxed one's instructions.
const binary = `import { readFileSync } from 'node:fs';
  export default new WebAssembly.Module(readFileSync('dist/quadlane.strict.wasm'));`;
const hooks = `export const resolve = (name, context, next) =>
    name.endsWith('.wasm') ? { url: new URL(name, context.parentURL).href, shortCircuit: true } : next(name, context);
  export const load = (url, context, next) =>
  url.endsWith('.wasm') ? { format: 'module', shortCircuit: true, source: ${JSON.stringify(binary)} } : next(url, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const { loadModel, tensor } = await import(pathToFileURL(resolve(process.argv[2], 'index.js')));
const wasm = new WebAssembly.Module(readFileSync('dist/quadlane.strict.wasm'));
let bytes = new Uint8Array(readFileSync('examples/models/lenet5-mnist.onnx'));
for (let round = 0; round < 2; round++) {
  const model = await loadModel(bytes, { wasm });
  model.runSync({ image: tensor(new Float32Array(28 * 28), [1, 1, 28, 28]) });
  bytes = await model.save();
}
