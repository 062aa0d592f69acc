// The readers that read files at once, by format: every operator is at hand.

import { readOnnx } from '../formats/onnx/reader.js';
import { readModel } from '../formats/safetensors/model-reader.js';
import type { Graph } from '../graph/graph.js';

export type Format = 'onnx' | 'safetensors';

export interface ReaderOptions {
  externalData?: (location: string) => Uint8Array;
}

/** From bytes to a graph, at once. */
export type Reader = (bytes: Uint8Array, options: ReaderOptions) => Graph;

export const readers: Record<Format, Reader> = { onnx: readOnnx, safetensors: readModel };
