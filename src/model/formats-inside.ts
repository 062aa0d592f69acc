// The readers of files, by format, all there from the beginning: formats.ts for bundles without lazy imports.

import type { Opener } from './formats.js';
import { type Format, type Reader, readers } from './readers.js';

export type { Format, Opener, Reader, ReaderOptions } from './formats.js';
export { readers };

const openerOf = (read: Reader) => async (): Promise<Opener> => async (bytes) => (options) => read(bytes, options);

export const importOpener: Record<Format, () => Promise<Opener>> = {
  onnx: openerOf(readers.onnx),
  safetensors: openerOf(readers.safetensors),
};

export async function importReaders(): Promise<void> {}
