// The words by which a team's threads find each other in shared memory, as assembly/runtime/team.ts lays them out.

/** More threads than any machine's cores is a mistake. */
export const MOST_THREADS = 256;
/** Words of a step in a program. */
export const STEP_WORDS = 2;
/** Bytes of a team. */
export const TEAM_BYTES = 256 + 4 * MOST_THREADS;

// Places among the words of a team.
const RUNS = 0;
const END = 1;
export const THREADS = 2;
const PHASE = 16;
const FIRST_STEP = 17;
const DISSOLVED = 48;
/** Threads that wait for runs; the kernels don't look at it. */
export const READY = 50;

/** The words of the team at `address`. */
export function wordsOf(memory: WebAssembly.Memory, address: number): Int32Array {
  return new Int32Array(memory.buffer, address, TEAM_BYTES / 4);
}

/** Begins a run of the `steps` steps from address `program` on: its first phase has the number that waits for it. */
export function beginRun(words: Int32Array, program: number, steps: number): void {
  Atomics.store(words, END, program + 4 * STEP_WORDS * steps);
  Atomics.store(words, FIRST_STEP, program);
  Atomics.add(words, RUNS, 1);
  Atomics.notify(words, RUNS);
}

/** Lets all threads of a team go, wherever they wait. */
export function dissolve(words: Int32Array): void {
  Atomics.store(words, DISSOLVED, 1);
  for (const word of [PHASE, RUNS]) {
    Atomics.add(words, word, 1);
    Atomics.notify(words, word);
  }
}

/** Whether the threads of a team were let go. */
export function isDissolved(words: Int32Array): boolean {
  return Atomics.load(words, DISSOLVED) === 1;
}
