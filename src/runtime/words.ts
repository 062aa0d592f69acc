// The words by which a team's threads find each other in shared memory, as assembly/runtime/thread_pool_layout.ts lays them out.

import { DISSOLVED, END, FIRST_STEP, PHASE, POOL_BYTES, RUNS, STEP_BYTES } from '../layouts.generated.js';

/** The words of the team at `address`. */
export function wordsOf(memory: WebAssembly.Memory, address: number): Int32Array {
  return new Int32Array(memory.buffer, address, POOL_BYTES / 4);
}

/** Begins a run of the `steps` steps from address `program` on: its first phase has the number that waits for it. */
export function beginRun(words: Int32Array, program: number, steps: number): void {
  Atomics.store(words, END / 4, program + STEP_BYTES * steps);
  Atomics.store(words, FIRST_STEP / 4, program);
  Atomics.add(words, RUNS / 4, 1);
  Atomics.notify(words, RUNS / 4);
}

/** Lets all threads of a team go, wherever they wait. */
export function dissolve(words: Int32Array): void {
  Atomics.store(words, DISSOLVED / 4, 1);
  for (const word of [PHASE / 4, RUNS / 4]) {
    Atomics.add(words, word, 1);
    Atomics.notify(words, word);
  }
}

/** Whether the threads of a team were let go. */
export function isDissolved(words: Int32Array): boolean {
  return Atomics.load(words, DISSOLVED / 4) === 1;
}
