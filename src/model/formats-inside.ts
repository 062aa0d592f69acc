// The readers of files, by format, all there from the beginning: formats.ts for bundles without lazy imports.

import { readOnnx } from '../formats/onnx/reader.js';
import { readModel } from '../formats/safetensors/model-reader.js';
import type { Format, Opener, Reader } from './formats.js';

export type { Format, Opener, Reader, ReaderOptions } from './formats.js';

export const readers: Record<Format, Reader> = { onnx: readOnnx, safetensors: readModel };

const openerOf = (read: Reader) => async (): Promise<Opener> => async (bytes) => (options) => read(bytes, options);

export const importOpener: Record<Format, () => Promise<Opener>> = {
  onnx: openerOf(readOnnx),
  safetensors: openerOf(readModel),
};

export async function importReaders(): Promise<void> {}
