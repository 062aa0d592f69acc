// What a program under test does: loads the network once, reads a digit.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel, tensor } from 'quadlane';

export const network = join(import.meta.dirname, 'lenet5-mnist.onnx');

export async function load(options) {
  return loadModel(new Uint8Array(await readFile(network)), options);
}

export const blank = () => tensor(new Float32Array(784), [1, 1, 28, 28]);
