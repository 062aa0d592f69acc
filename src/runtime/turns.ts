// Turns of the event loop: what a long piece of work gives way with, so that timers, events and pages go on meanwhile.

import { QuadlaneError } from '../errors.js';
import type { CancelSignal } from '../hostTypes.js';
import type { Work } from '../work.js';

/** Work gives way after this long: a page that draws 60 times a second has 16 ms. */
const TURN_MS = 8;

// As they were when the library was loaded: a test runner's fake timers stand still.
const { setImmediate: immediately, setTimeout: later } = globalThis as typeof globalThis & {
  setImmediate?: (call: () => void) => unknown;
};

/** Resolves in a later turn, once what waits has had its own. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediately) immediately(resolve);
    else if (typeof MessageChannel === 'undefined') later(resolve);
    else {
      // Browsers make nested timers wait for 4 ms, messages not.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    }
  });
}

/** @throws QuadlaneError `ABORTED` once the signal of `work` is */
export function checkSignal(signal: CancelSignal | undefined, work: string): void {
  if (signal?.aborted)
    throw new QuadlaneError('ABORTED', `${work} was aborted by its signal`, { cause: signal.reason });
}

/** Tells when it is time to give way. */
export class Turns {
  private began = performance.now();

  /**
   * @param work what is done, as an error names it
   * @param signal stops it
   */
  constructor(
    private readonly work: string,
    private readonly signal: CancelSignal | undefined,
  ) {}

  /**
   * Gives way where the work has gone on for long; call it between two pieces of work.
   * @throws QuadlaneError `ABORTED` once the signal is
   */
  async pass(): Promise<void> {
    checkSignal(this.signal, this.work);
    if (performance.now() - this.began < TURN_MS) return;
    await nextTurn();
    checkSignal(this.signal, this.work);
    this.began = performance.now();
  }
}

/**
 * Does `work` in turns with what else the calling thread does.
 * @throws QuadlaneError `ABORTED` once the signal of `turns` is; the work is over then
 */
export async function inTurns<T>(work: Work<T>, turns: Turns): Promise<T> {
  try {
    for (;;) {
      await turns.pass();
      const { done, value } = work.next();
      if (done) return value;
    }
  } finally {
    work.return(undefined as never);
  }
}
