#!/usr/bin/env bash
# Guess: a convolution that meets a NaN, or infinity times 0, gives NaN on every backend.
# Truth: on wasm it gives -Infinity, and 0 with a fused ReLU: results pass through a clamp to -Infinity..Infinity that drops NaN.
# clipByValue and relu6 of NaN are 0 there, too; relu alone, matMul and everything on cpu keep it. maxPool drops it on both
# backends, and a window that begins with one is -Infinity on wasm.
# Versions: @tensorflow/tfjs and tfjs-backend-wasm 4.22.0, Node 20.20.
# Why a user cares: a network whose weights went NaN in training answers finite numbers and equal scores on wasm. Checks for NaN
# in the output, the usual alarm, can't fire.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

cat >run.mjs <<'JS'
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
const values = (tensor) => Array.from(tensor.dataSync()).join(' ');
const seen = {};
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  await tf.ready();
  const one = (value) => tf.tensor4d([value], [1, 1, 1, 1]);
  seen[`${backend}: conv2d of NaN`] = values(tf.conv2d(one(NaN), one(1), 1, 'valid'));
  seen[`${backend}: depthwiseConv2d of 0 and Infinity`] = values(tf.depthwiseConv2d(one(0), one(Infinity), 1, 'valid'));
  seen[`${backend}: conv2d of NaN with relu`] = values(
    tf.fused.conv2d({ x: one(NaN), filter: one(1), strides: 1, pad: 'valid', activation: 'relu' }),
  );
  seen[`${backend}: matMul of NaN`] = values(tf.matMul(tf.tensor2d([[NaN]]), tf.tensor2d([[1]])));
  seen[`${backend}: relu, relu6, clipByValue of NaN`] = [tf.relu([NaN]), tf.relu6([NaN]), tf.clipByValue([NaN], 0, 6)].map(values).join(' ');
  seen[`${backend}: maxPool of NaN 1 2 3`] = values(tf.maxPool(tf.tensor4d([NaN, 1, 2, 3], [1, 2, 2, 1]), 2, 2, 'valid'));
}

const expected = {
  'cpu: conv2d of NaN': 'NaN',
  'cpu: depthwiseConv2d of 0 and Infinity': 'NaN',
  'cpu: conv2d of NaN with relu': 'NaN',
  'cpu: matMul of NaN': 'NaN',
  'cpu: relu, relu6, clipByValue of NaN': 'NaN NaN NaN',
  'cpu: maxPool of NaN 1 2 3': '3',
  'wasm: conv2d of NaN': '-Infinity',
  'wasm: depthwiseConv2d of 0 and Infinity': '-Infinity',
  'wasm: conv2d of NaN with relu': '0',
  'wasm: matMul of NaN': 'NaN',
  'wasm: relu, relu6, clipByValue of NaN': 'NaN 0 0',
  'wasm: maxPool of NaN 1 2 3': '-Infinity',
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value}`);
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs 2>/dev/null
