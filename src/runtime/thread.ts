// What a thread of a pool does: puts the binary into the shared memory and takes part in runs. The other end is ThreadPool.

import { OVER, READY } from '../layouts.generated.js';
import { controlBlock, dissolve } from './controlBlock.js';
import { instantiate } from './core.js';

/** How long a thread waits for the others: whoever waits for it notices when one is lost. */
const FOR_EVER = -1;

/** Where a thread is to work. */
export interface Assignment {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the pool's control block. */
  readonly pool: number;
  /** Which of the pool's threads this one is. */
  readonly thread: number;
  /** Whether it tells when a run is done. */
  readonly reports: boolean;
}

/** What a thread tells: that it waits for runs, that a run is done, that it has left the memory, or why it can't go on. */
export type Report = 'ready' | 'done' | 'left' | { readonly failed: string };

/** Takes part in the runs of a pool until the pool is dissolved. Blocks; what it has to tell goes to `report`. */
export function takePart(
  { module, memory, pool, thread, reports }: Assignment,
  report: (report: Report) => void,
): void {
  const block = controlBlock(memory, pool);
  try {
    const { exports } = instantiate(module, memory);
    Atomics.add(block, READY / 4, 1);
    report('ready');
    let runs = 0;
    for (;;) {
      runs = exports.await_run(pool, runs);
      if (exports.run_together(pool, thread, FOR_EVER) !== OVER) break;
      if (reports) report('done');
    }
    report('left');
  } catch (cause) {
    dissolve(block);
    report({ failed: String(cause) });
  }
}
