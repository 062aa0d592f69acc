// The readers of files, by format: they come when a file asks for them. Bundles without lazy imports have
// formats-inside.ts instead.

import { arrived } from '../errors.js';
import type { Graph } from '../graph/graph.js';

export type Format = 'onnx' | 'safetensors';

export interface ReaderOptions {
  externalData?: (location: string) => Uint8Array;
}

/** From bytes to a graph, at once. */
export type Reader = (bytes: Uint8Array, options: ReaderOptions) => Graph;

/** Loads what reading these bytes needs; call what it resolves to for the graph. */
export type Opener = (bytes: Uint8Array) => Promise<(options: ReaderOptions) => Graph>;

/** Loads what opens files of a format. */
export const importOpener: Record<Format, () => Promise<Opener>> = {
  onnx: async () => (await arrived(import('../formats/onnx/opener.js'))).openOnnx,
  safetensors: async () => (await arrived(import('../formats/safetensors/model-opener.js'))).openModel,
};

/** What reads files at once: undefined until `importReaders` has been there. */
export let readers: Record<Format, Reader> | undefined;

/** Loads what reads files at once. */
export async function importReaders(): Promise<void> {
  const [{ readOnnx }, { readModel }] = await arrived(
    Promise.all([import('../formats/onnx/reader.js'), import('../formats/safetensors/model-reader.js')]),
  );
  readers = { onnx: readOnnx, safetensors: readModel };
}
