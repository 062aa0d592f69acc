// A file of a network, read and run by a program that knows nothing else of the network.

import { loadModel } from '../../dist/node/index.js';
import { runOnce } from './wave.mjs';

/** Outputs of the model in the file. */
export async function run(file) {
  return runOnce(await loadModel(file));
}
