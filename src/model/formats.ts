// The readers of files, by format: they come when a file asks for them. Bundles without lazy imports have
// formats-inside.ts instead.

import { arrived } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import type { Format, Reader, ReaderOptions } from './readers.js';

export type { Format, Reader, ReaderOptions };

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
  // One import for all: Jest before Node 24 can't do two at a time that have parts in common.
  ({ readers } = await arrived(import('./readers.js')));
}
