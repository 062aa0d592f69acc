// Models on threads for tests: with hosts that tell what becomes of their threads, and inputs for any model.

import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { platform } from '#platform';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import type { Graph } from '../../src/graph/graph.js';
import { CLAIMS, DISSOLVED, PHASE, READY, RUNS } from '../../src/layouts.generated.js';
import { Model, type ModelOptions } from '../../src/model/model.js';
import { threadedEngine } from '../../src/model/threading.js';
import { threadsIn } from '../../src/platform/node-threads.js';
import type { Thread, ThreadHost } from '../../src/runtime/threadPool.js';
import { sizeOf } from '../../src/shape.js';
import { newArray, type Tensor, tensor } from '../../src/tensor.js';
import { atOnce } from '../../src/work.js';

export const lenet: Graph = readOnnx(readFileSync(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url)));

/** Threads of Node that keep count. */
export class WatchedHost implements ThreadHost {
  readonly threads: Thread[] = [];
  ended = 0;

  reason(): undefined {
    return undefined;
  }

  start(hear: Parameters<ThreadHost['start']>[0], lose: Parameters<ThreadHost['start']>[1]): Thread {
    const thread = threadsIn().start(hear, (cause) => {
      this.ended++;
      lose(cause);
    });
    this.threads.push(thread);
    return thread;
  }
}

/** One thread that has claimed its share of the first phase when the first run in a memory begins, and then does `what`. */
export class ClaimingHost implements ThreadHost {
  constructor(private readonly what: string) {}

  reason(): undefined {
    return undefined;
  }

  start(hear: Parameters<ThreadHost['start']>[0], lose: Parameters<ThreadHost['start']>[1]): Thread {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ memory, pool, thread }) => {
        const block = new Int32Array(memory.buffer, pool);
        const claim = ${CLAIMS / 4} + thread;
        const phase = Atomics.load(block, ${PHASE / 4});
        Atomics.store(block, claim, phase + 1);
        Atomics.add(block, ${READY / 4}, 1);
        parentPort.postMessage('ready');
        Atomics.wait(block, ${RUNS / 4}, 0);
        if (Atomics.load(block, ${DISSOLVED / 4})) parentPort.postMessage('left');
        else { ${this.what} }
      });`,
      { eval: true },
    );
    worker.on('message', hear);
    worker.on('exit', () => lose('it has ended'));
    return {
      post: (assignment) => worker.postMessage(assignment),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  }
}

/** A model on the threads of `host`, which are ready. */
export async function threadedModel(graph: Graph, options: ModelOptions, host: ThreadHost): Promise<Model> {
  const engine = await threadedEngine({ ...platform, threads: async () => host }, 'strict', options);
  const model = atOnce(new Model(graph, engine, options).planning());
  await engine.settled?.();
  return model;
}

/** Extents of images whose size is open. */
const OPEN_EXTENT = 32;

/** Inputs of the declared shapes. */
export function inputsOf(model: Model, batch = 1): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, { dtype, shape }], index) => {
      const sizes = shape.map((extent, axis) =>
        typeof extent === 'number' ? extent : axis === 0 ? batch : OPEN_EXTENT,
      );
      const data = newArray(dtype, sizeOf(sizes));
      for (let at = 0; at < data.length; at++) {
        const value = ((at * 37 + index) % 251) - 100;
        data[at] = data instanceof BigInt64Array ? BigInt(value) : dtype === 'float32' ? value / 128 : Math.abs(value);
      }
      return [name, tensor(data, sizes, dtype)];
    }),
  );
}

/** The bits of all outputs. */
export function bitsOf(outputs: Readonly<Record<string, Tensor>>): string[] {
  return Object.values(outputs).map(
    ({ shape, data }) => `${shape}: ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
  );
}
