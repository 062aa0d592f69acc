#!/usr/bin/env bash
# Guess: casting floats to bool asks whether they are 0, on every backend.
# Truth: wasm cuts off the fraction first: 0.2, 0.9 and NaN become false; on cpu they are true.
# Versions: @tensorflow/tfjs and tfjs-backend-wasm 4.22.0, Node 20.20.
# Why a user cares: masks are made so from soft maps, and a loss is weighted by them. `tf.cast(mask, 'bool')` keeps what lies
# above 0 on cpu, WebGL and in Python, and only what is 1 or more on wasm. Compare with tf.notEqual(mask, 0).
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
  const soft = tf.tensor1d([0, 0.2, 0.9, 1, 1.5, NaN]);
  seen[`${backend}: cast`] = values(tf.cast(soft, 'bool'));
  seen[`${backend}: notEqual`] = values(tf.notEqual(soft, 0));
}

const expected = {
  'cpu: cast': '0 1 1 1 1 1',
  'cpu: notEqual': '0 1 1 1 1 1',
  'wasm: cast': '0 0 0 1 1 0',
  'wasm: notEqual': '0 1 1 1 1 1',
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value}`);
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('not as it was');
  process.exit(1);
}
JS
node run.mjs 2>/dev/null
