// Runs of one model that others may come between: each waits for the one before it.

import { QuadlaneError } from '../errors.js';
import { Tensor } from '../tensor.js';

export class RunQueue {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Whether no run is under way. */
  get isIdle(): boolean {
    return this.waiting === 0;
  }

  /**
   * Calls `body` when the runs before it are done, with `inputs` as they are now.
   * @param givesWay whether `body` lets others come before it has read its inputs
   * @returns what `body` does
   */
  take<T>(inputs: readonly Tensor[], givesWay: boolean, body: (inputs: readonly Tensor[]) => Promise<T>): Promise<T> {
    const now = this.waiting++ === 0;
    const kept =
      now && !givesWay
        ? inputs
        : inputs.map(({ dtype, shape, data }) => new Tensor(dtype, shape, data.slice() as never));
    const turn = now ? body(kept) : this.last.then(() => body(kept));
    this.last = turn
      .catch(() => {})
      .then(() => {
        this.waiting--;
      });
    return turn;
  }

  /** @throws QuadlaneError `ARGUMENT` while a run is under way */
  refuse(): void {
    if (this.isIdle) return;
    throw new QuadlaneError('ARGUMENT', 'runSync() while a run is under way would disturb it: await run() before');
  }
}
