// The words by which a team's threads find each other in shared memory, as assembly/team.ts lays them out.

/** Bytes of a team. */
export const TEAM_BYTES = 256;

// Places among the words of a team.
export const RUNS = 0;
export const PROGRAM = 1;
export const STEPS = 2;
export const THREADS = 3;
const MEETINGS = 32;
const DISSOLVED = 33;
export const JOINED = 48;
/** Threads that wait for runs; the kernels don't look at it. */
export const READY = 49;

/** The words of the team at `address`. */
export function wordsOf(memory: WebAssembly.Memory, address: number): Int32Array {
  return new Int32Array(memory.buffer, address, TEAM_BYTES / 4);
}

/** Lets all threads of a team go, wherever they wait. */
export function dissolve(words: Int32Array): void {
  Atomics.store(words, DISSOLVED, 1);
  for (const word of [MEETINGS, RUNS]) {
    Atomics.add(words, word, 1);
    Atomics.notify(words, word);
  }
}

/** Whether the threads of a team were let go. */
export function isDissolved(words: Int32Array): boolean {
  return Atomics.load(words, DISSOLVED) === 1;
}
