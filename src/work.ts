// Work in pieces: done at once, or in turns with other work (runtime/turns.ts).

import { guarded } from './errors.js';

/** Work in pieces: it may give way wherever it yields. */
export type Work<T> = Generator<void, T, void>;

/** Work that asks, by each 'run' that it yields, for the program at hand to be run before it goes on. */
// biome-ignore lint/suspicious/noConfusingVoidType: it does the pieces of Work too
export type Running<T> = Generator<void | 'run', T, void>;

/** Does all of `work` at once. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** `work`, each piece as `guarded` does it. */
export function* guardedWork<T>(doing: string, work: Work<T>): Work<T> {
  try {
    for (;;) {
      const { done, value } = guarded(doing, () => work.next());
      if (done) return value;
      yield;
    }
  } finally {
    work.return(undefined as never);
  }
}
