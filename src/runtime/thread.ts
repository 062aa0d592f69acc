// What a thread of a team does: puts the binary into the team's memory and takes part in its runs. The other end is Team.

import { READY } from '../layouts.generated.js';
import { instantiate } from './core.js';
import { dissolve, wordsOf } from './words.js';

/** Where a thread is to work. */
export interface Assignment {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the team. */
  readonly team: number;
  /** Which of the team's threads this one is. */
  readonly thread: number;
  /** Whether it tells when a run is done. */
  readonly reports: boolean;
}

/** What a thread tells: that it waits for runs, that a run is done, or why it can't go on. */
export type Report = 'ready' | 'done' | { readonly failed: string };

/** Takes part in the runs of a team until the team is dissolved. Blocks; what it has to tell goes to `report`. */
export function takePart(
  { module, memory, team, thread, reports }: Assignment,
  report: (report: Report) => void,
): void {
  const words = wordsOf(memory, team);
  try {
    const { exports } = instantiate(module, memory);
    Atomics.add(words, READY / 4, 1);
    report('ready');
    let runs = 0;
    for (;;) {
      runs = exports.await_run(team, runs);
      if (exports.run_together(team, thread) !== 0) return;
      if (reports) report('done');
    }
  } catch (cause) {
    dissolve(words);
    report({ failed: String(cause) });
  }
}
