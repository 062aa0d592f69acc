// quadlane/safetensors: tensors by name from .safetensors files, and into them.

export { readSafetensors } from './reader.js';
export { writeSafetensors } from './writer.js';
