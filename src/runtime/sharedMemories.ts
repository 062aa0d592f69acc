// Shared memories of this process. Engines don't collect them in time (V8 up to Node 24 doesn't count their bytes), so what
// a disposed model leaves is used again, and no more of them come into being than the machine bears.

import { QuadlaneError } from '../errors.js';
import { newMemory, PAGE_BYTES } from './core.js';
import { nextTurn } from './turns.js';

/** Bytes that may be alive at once: in use, kept for the next model, or dropped and not collected yet. */
export const MOST_ALIVE = 2 ** 32;
/** What is kept for models to come: so many memories, of so many bytes together. */
const MOST_KEPT = 4;
const MOST_KEPT_BYTES = 2 ** 28;
/** Threads leave a memory within microseconds; where one is dead, nobody waits for longer than this many milliseconds. */
const LEAVING_MS = 100;
/** Bytes that make an engine collect when they come and go. */
const PRESSURE = 2 ** 26;

const kept: WebAssembly.Memory[] = [];
let alive = 0;
/** Memories of disposed models that threads have still to leave, and when the last model was disposed. */
let leaving = 0;
let lastDisposal = 0;
const collected = new FinalizationRegistry<number>((bytes) => {
  alive -= bytes;
});

const bytesOf = (memory: WebAssembly.Memory): number => memory.buffer.byteLength;

/**
 * A shared memory of `pages`, or up to twice as many, all zeros; it can't grow.
 * @throws QuadlaneError `MEMORY` when too much is alive, or the engine has no more
 */
export function takeMemory(pages: number, most = pages * 2): WebAssembly.Memory {
  const bytes = pages * PAGE_BYTES;
  const fitting = kept
    .filter((memory) => bytesOf(memory) >= bytes && bytesOf(memory) <= Math.min(2 * pages, most) * PAGE_BYTES)
    .sort((a, b) => bytesOf(a) - bytesOf(b))[0];
  if (fitting) {
    kept.splice(kept.indexOf(fitting), 1);
    new Uint8Array(fitting.buffer).fill(0);
    return fitting;
  }
  if (alive + bytes > MOST_ALIVE) {
    kept.length = 0;
    throw new QuadlaneError(
      'MEMORY',
      `models with threads hold ${alive} bytes of shared memory, and ${bytes} more are over the bound of ${MOST_ALIVE}: dispose() models that are no longer used, which gives their memory back at once`,
    );
  }
  const memory = newMemory({ initial: pages, maximum: pages, shared: true });
  alive += bytes;
  collected.register(memory, bytes);
  return memory;
}

/** Tells that threads are about to leave a memory. */
export function expectBack(): void {
  leaving++;
  lastDisposal = performance.now();
}

/** Takes back a memory of which `expectBack` told. */
export function giveBackLeft(memory: WebAssembly.Memory): void {
  leaving--;
  giveBack(memory);
}

/** Takes back a memory that nobody works in any more. */
export function giveBack(memory: WebAssembly.Memory): void {
  kept.push(memory);
  const isTooMuch = () => kept.length > MOST_KEPT || kept.reduce((sum, one) => sum + bytesOf(one), 0) > MOST_KEPT_BYTES;
  while (isTooMuch()) kept.shift();
}

/** Waits for memories that threads are about to leave, and lets the engine collect dropped ones where many are alive. */
export async function collectMemories(): Promise<void> {
  while (leaving > 0 && performance.now() - lastDisposal < LEAVING_MS) await nextTurn();
  for (let round = 0; round < 8 && alive > MOST_ALIVE / 4; round++) {
    new ArrayBuffer(PRESSURE);
    await nextTurn();
  }
}
