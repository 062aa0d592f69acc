// ONNX Runtime's WebAssembly build as the engine that random networks are compared with. `npm ci --prefix bench` installs it.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DType, Tensor, type TypedArray } from '../../src/tensor.js';
import type { Peer } from './networks/compare.js';

const path = fileURLToPath(new URL('../../bench/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs', import.meta.url));

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

interface OrtSession {
  run(inputs: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  readonly env: { wasm: { numThreads: number }; logLevel: string };
  readonly Tensor: new (type: string, data: TypedArray, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
}

/** Undefined where it isn't installed. */
export async function onnxRuntime(): Promise<Peer | undefined> {
  if (!existsSync(path)) return undefined;
  const ort = (await import(path)) as Ort;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  return async (file, feeds, optimised) => {
    let session: OrtSession;
    try {
      session = await ort.InferenceSession.create(file, {
        graphOptimizationLevel: optimised ? 'all' : 'disabled',
        logSeverityLevel: 4,
      });
    } catch (error) {
      if (/NOT_IMPLEMENTED|ERROR_CODE: 9|not find an implementation/i.test(String(error))) return undefined;
      throw error;
    }
    try {
      const given = Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
        name,
        new ort.Tensor(dtype, data, shape),
      ]);
      const results = await session.run(Object.fromEntries(given));
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, dims, data }]) => [
          name,
          new Tensor(type as DType, dims, data as never),
        ]),
      );
    } finally {
      await session.release();
    }
  };
}
