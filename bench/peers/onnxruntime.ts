// onnxruntime-web as a contestant: its WebAssembly build with every graph optimisation. It takes inputs from JavaScript
// and gives outputs back to it in each run; on the CPU it has no way to leave them in its memory.

import type { Contestant, Setup } from './contestant.js';
import { channelsFirstShape, toChannelsFirst, toChannelsLast } from './layout.js';

interface OrtTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

interface OrtSession {
  readonly inputNames: readonly string[];
  run(inputs: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** The module `onnxruntime-web/wasm`, as far as the benchmark uses it. */
export interface Ort {
  readonly env: { readonly wasm: { numThreads: number }; logLevel: string };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(file: Uint8Array, options: object): Promise<OrtSession> };
}

/** Loads an ONNX file. The number of threads is that of the first file loaded. */
export async function loadOnnxRuntime(
  { env, Tensor, InferenceSession }: Ort,
  file: Uint8Array,
  { input, channelsFirst, threads }: Setup,
): Promise<Contestant> {
  env.wasm.numThreads = threads;
  env.logLevel = 'error';
  const session = await InferenceSession.create(file, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  const given = channelsFirst
    ? new Tensor('float32', toChannelsFirst(input.data, input.shape), channelsFirstShape(input.shape))
    : new Tensor('float32', input.data, input.shape);
  const inputs = { [session.inputNames[0]]: given };
  return {
    run: () => session.run(inputs),
    async result() {
      const [{ data, dims }] = Object.values(await session.run(inputs));
      return channelsFirst ? toChannelsLast(data, dims) : data;
    },
    threads: env.wasm.numThreads,
    dispose: () => void session.release(),
  };
}
