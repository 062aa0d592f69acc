// Tensors of a .safetensors file, with quadlane/safetensors alone.

import { readFileSync } from 'node:fs';
import { readSafetensors } from '../../dist/node/safetensors.js';

/** The tensors in the file, by name. */
export function read(file) {
  const tensors = readSafetensors(readFileSync(file));
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));
}
