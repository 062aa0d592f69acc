// The control block: how the threads of a pool find each other in shared memory, as
// assembly/runtime/thread_pool_layout.ts lays it out.

import { DISSOLVED, END, FIRST_STEP, PHASE, POOL_BYTES, RUNS, STEP_BYTES } from '../layouts.generated.js';

/** The control block at `address`, as 32-bit words. */
export function controlBlock(memory: WebAssembly.Memory, address: number): Int32Array {
  return new Int32Array(memory.buffer, address, POOL_BYTES / 4);
}

/** Begins a run of the `steps` steps from address `program` on: its first phase has the number that waits for it. */
export function beginRun(block: Int32Array, program: number, steps: number): void {
  Atomics.store(block, END / 4, program + STEP_BYTES * steps);
  Atomics.store(block, FIRST_STEP / 4, program);
  Atomics.add(block, RUNS / 4, 1);
  Atomics.notify(block, RUNS / 4);
}

/** Lets all threads of a pool go, wherever they wait. */
export function dissolve(block: Int32Array): void {
  Atomics.store(block, DISSOLVED / 4, 1);
  for (const word of [PHASE / 4, RUNS / 4]) {
    Atomics.add(block, word, 1);
    Atomics.notify(block, word);
  }
}
