// The smoke suite in a runtime with files: Node, Bun or Deno. Arguments: the bundle's folder in dist/, the file of
// digits and labels, and the word `wasm` where the binary is to be passed. The last line printed is the result as JSON.

import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { smoke } from './smoke.mjs';

const [bundle, inputs, wasm] = process.argv.slice(2);
const [quadlane, train] = await Promise.all(
  ['index', 'train'].map((entry) => import(`../../dist/${bundle}/${entry}.js`)),
);
const file = fileURLToPath(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url));
const binary = new URL('../../dist/quadlane.strict.wasm', import.meta.url);
const passed = wasm
  ? { wasm: await WebAssembly.compile(await readFile(binary)), model: await readFile(file) }
  : { model: file };
const threads = wasm ? 1 : 2;
console.log(
  JSON.stringify(await smoke(quadlane, { ...JSON.parse(await readFile(inputs, 'utf8')), ...passed, train, threads })),
);
