// The threads of one model, seen from the thread that holds it: starting them, giving them runs, noticing when one is lost.

import { QuadlaneError } from '../errors.js';
import { READY, THREADS } from '../layouts.generated.js';
import { beginRun, controlBlock, dissolve } from './controlBlock.js';
import type { Threads } from './core.js';
import type { Assignment, Report } from './thread.js';

/** A thread as a host has it. */
export interface Thread {
  post(assignment: Assignment): void;
  /** Whether the process stays alive for it. */
  hold(held: boolean): void;
  end(): void;
}

/** What a host must give for threads. */
export interface ThreadHost {
  /** Why this host, as it is set up, has no threads. */
  reason(): string | undefined;
  /**
   * Starts a thread that takes part in what is posted to it.
   * @param hear called with what it reports
   * @param lose called when it can't be started or has ended
   */
  start(hear: (report: Report) => void, lose: (cause: unknown) => void): Thread;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: QuadlaneError) => void;
}

export class ThreadPool implements Threads {
  /** Why a run can't be done any more: a thread was lost that had been there, or the pool has ended. */
  failure: QuadlaneError | undefined;
  /** Why the threads never came. */
  reason: string | undefined;
  private readonly threads: Thread[] = [];
  private block: Int32Array | undefined;
  private complete = false;
  /** The run that the threads do by themselves. */
  private running: Waiting | undefined;
  private settling: (() => void)[] = [];

  /**
   * @param size threads that take part in a run
   * @param callerWorks whether the calling thread is one of them; where it may not block, it isn't
   */
  constructor(
    host: ThreadHost,
    readonly size: number,
    readonly callerWorks: boolean,
  ) {
    try {
      for (let started = callerWorks ? 1 : 0; started < size; started++) {
        this.threads.push(
          host.start(
            (report) => this.hear(report),
            (cause) => this.lose(cause),
          ),
        );
      }
    } catch (cause) {
      this.lose(cause);
    }
  }

  /** Lets the threads work in `memory`, where `address` is the pool's; they leave the one before. */
  move(module: WebAssembly.Module, memory: WebAssembly.Memory, address: number): void {
    if (this.failure || this.reason) return;
    if (this.block) dissolve(this.block);
    this.block = controlBlock(memory, address);
    this.block[THREADS / 4] = this.size;
    this.threads.forEach((thread, index) => {
      const number = this.callerWorks ? index + 1 : index;
      thread.hold(true);
      thread.post({ module, memory, pool: address, thread: number, reports: number === 0 });
    });
  }

  get count(): number {
    return this.reason ? 1 : this.size;
  }

  /** Whether all threads wait for a run. */
  get ready(): boolean {
    return this.block !== undefined && Atomics.load(this.block, READY / 4) === this.threads.length;
  }

  /** Resolves once all threads are ready, or it is known that they never will be, or nothing is there to do for them yet. */
  settled(): Promise<void> {
    if (this.ready || !this.block) return Promise.resolve();
    return new Promise((resolve) => {
      this.settling.push(resolve);
    });
  }

  /** Begins a run; the calling thread's share is its own matter. */
  begin(program: number, steps: number): void {
    this.complete = true;
    beginRun(this.block!, program, steps);
  }

  /**
   * Lets the threads do a whole run.
   * @throws QuadlaneError `HOST` when a thread is lost meanwhile, `DISPOSED` when the pool ends
   */
  runAll(program: number, steps: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.running = { resolve, reject };
      for (const thread of this.threads) thread.hold(true);
      this.begin(program, steps);
    });
  }

  /** Takes note that a thread is lost: of a pool that was complete, no run can be done any more. */
  lose(cause: unknown): void {
    if (this.failure || this.reason) return;
    const message = (cause as Error | undefined)?.message ?? String(cause);
    if (this.complete) {
      const text = `a thread has stopped (${message}): load the model again, or make a new trainer`;
      this.failure = new QuadlaneError('HOST', text, { cause });
    } else {
      this.reason = `threads can't be started here (${message})`;
    }
    this.letGo();
  }

  /** Ends all threads. */
  end(): void {
    this.failure = new QuadlaneError('DISPOSED', 'this model was disposed while it ran');
    this.letGo();
  }

  private letGo(): void {
    if (this.block) dissolve(this.block);
    this.block = undefined;
    for (const thread of this.threads.splice(0)) thread.end();
    if (this.failure) this.running?.reject(this.failure);
    this.settle();
  }

  private hear(report: Report): void {
    if (typeof report === 'object') {
      this.lose(report.failed);
    } else if (report === 'done') {
      this.rest();
      this.running?.resolve();
    } else if (this.ready) {
      this.complete = true;
      this.rest();
      this.settle();
    }
  }

  /** Lets the process end although the threads are there. */
  private rest(): void {
    for (const thread of this.threads) thread.hold(false);
  }

  private settle(): void {
    for (const resolve of this.settling.splice(0)) resolve();
  }
}
