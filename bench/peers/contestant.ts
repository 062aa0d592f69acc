// A network as one library holds it, ready to run: what quadlane and its peers have in common for the benchmark.

import type { Tensor } from '../../src/tensor.js';

/** The libraries, quadlane first. */
export const libraryNames = ['quadlane', 'onnxruntime-web', 'tfjs-wasm'] as const;
export type LibraryName = (typeof libraryNames)[number];
export type PeerName = Exclude<LibraryName, 'quadlane'>;

export interface Setup {
  /** What each run takes, channels last. */
  readonly input: Tensor<'float32'>;
  /** The file takes and gives channels first. */
  readonly channelsFirst: boolean;
  /** How many threads to ask for. */
  readonly threads: number;
  /** Input and output stay where the library keeps them, if it has a way to. Otherwise each run moves both. */
  readonly resident: boolean;
}

export interface Contestant {
  /** One run; a promise when the library only has that. */
  run(): unknown;
  /** The output of a run, channels last. */
  result(): Promise<Float32Array>;
  /** Threads at work. */
  readonly threads: number;
  /** Why there are fewer than asked for. */
  readonly threadsReason?: string;
  dispose(): void;
}

/** Makes a contestant of a model's file, in the format of the library. */
export type Load = (file: Uint8Array, setup: Setup) => Promise<Contestant>;
