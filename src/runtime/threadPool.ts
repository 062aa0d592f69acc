// The threads of one model, seen from the thread that holds it: starting them, giving them runs, noticing when one is lost,
// letting them go.

import { QuadlaneError } from '../errors.js';
import { READY, THREADS } from '../layouts.generated.js';
import { messageOf } from '../printable.js';
import { beginRun, controlBlock, dissolve } from './controlBlock.js';
import type { Threads } from './core.js';
import { expectBack, giveBackLeft } from './sharedMemories.js';
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

/** A memory that threads of a pool work in. */
interface Workplace {
  readonly memory: WebAssembly.Memory;
  readonly block: Int32Array;
  /** How many threads may still touch it. */
  workers: number;
  /** Whether it is for others when the threads have left it; not so where a program has views of it. */
  isVacant?: boolean;
}

/** A thread and where it works, or will once it has left the place before. */
interface Worker {
  readonly thread: Thread;
  readonly places: Workplace[];
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: QuadlaneError) => void;
}

export class ThreadPool implements Threads {
  /** Why the threads never came. */
  reason: string | undefined;
  /** Why a thread was lost that had been there. No error is kept: that would hold the memory through its stack. */
  private lost: string | undefined;
  private ended = false;
  private readonly workers: Worker[] = [];
  private place: Workplace | undefined;
  private complete = false;
  /** How often a thread has said that it waits for runs. */
  private heard = 0;
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
        const places: Workplace[] = [];
        const hear = (report: Report) => this.hear(report, places);
        const lose = (cause: unknown) => {
          for (const place of places.splice(0)) this.leave(place);
          this.lose(cause);
        };
        this.workers.push({ thread: host.start(hear, lose), places });
      }
    } catch (cause) {
      this.lose(cause);
    }
  }

  /** Why no run can be done any more: a thread was lost, or the pool has ended. Made anew for who throws it. */
  get failure(): QuadlaneError | undefined {
    if (this.ended) return new QuadlaneError('DISPOSED', 'this model was disposed while it ran');
    if (this.lost === undefined) return undefined;
    return new QuadlaneError(
      'HOST',
      `a thread has stopped (${this.lost}): load the model again, or make a new trainer`,
    );
  }

  /** Lets the threads work in `memory`, where `address` is the pool's; they leave the one before. */
  move(module: WebAssembly.Module, memory: WebAssembly.Memory, address: number): void {
    if (this.isOver || this.reason) return;
    const place = { memory, block: controlBlock(memory, address), workers: this.workers.length };
    if (this.place) dissolve(this.place.block);
    this.place = place;
    place.block[THREADS / 4] = this.size;
    this.workers.forEach(({ thread, places }, index) => {
      const number = this.callerWorks ? index + 1 : index;
      places.push(place);
      thread.hold(true);
      thread.post({ module, memory, pool: address, thread: number, reports: number === 0 });
    });
  }

  /** The memory in use is given back once the threads have left it. */
  vacate(): void {
    if (!this.place) return;
    this.place.isVacant = true;
    expectBack();
  }

  get count(): number {
    return this.reason ? 1 : this.size;
  }

  /** Whether all threads wait for a run. */
  get ready(): boolean {
    return this.place !== undefined && Atomics.load(this.place.block, READY / 4) === this.workers.length;
  }

  /** Resolves once all threads are ready and have said so, or it is known that they never will be, or nothing is there to do for them yet. */
  settled(): Promise<void> {
    if ((this.ready && this.areHeard) || !this.place) return Promise.resolve();
    return new Promise((resolve) => {
      this.settling.push(resolve);
    });
  }

  /** Begins a run; the calling thread's share is its own matter. */
  begin(program: number, steps: number): void {
    this.complete = true;
    beginRun(this.place!.block, program, steps);
  }

  /**
   * Lets the threads do a whole run.
   * @throws QuadlaneError `HOST` when a thread is lost meanwhile, `DISPOSED` when the pool ends
   */
  runAll(program: number, steps: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.running = { resolve, reject };
      this.hold(true);
      this.begin(program, steps);
    });
  }

  /** Lets the process end although the threads are there, or not. */
  hold(held: boolean): void {
    for (const { thread } of this.workers) thread.hold(held);
  }

  /** Takes note that a thread is lost: of a pool that was complete, no run can be done any more. */
  lose(cause: unknown): void {
    if (this.isOver || this.reason) return;
    const message = messageOf(cause);
    if (this.complete) this.lost = message;
    else this.reason = `threads can't be started here (${message})`;
    this.letGo();
    for (const { thread } of this.workers.splice(0)) thread.end();
  }

  /** Ends all threads, each when it has left the memory: what threads may still write to is nobody else's. */
  end(): void {
    this.ended = true;
    this.hold(false);
    this.letGo();
  }

  /** Whether each thread has said something: from then on its end is noticed on every host. */
  private get areHeard(): boolean {
    return this.heard >= this.workers.length;
  }

  private get isOver(): boolean {
    return this.ended || this.lost !== undefined;
  }

  private letGo(): void {
    if (this.place) dissolve(this.place.block);
    this.place = undefined;
    const { failure } = this;
    if (failure) this.running?.reject(failure);
    this.running = undefined;
    this.settle();
    this.endIdle();
  }

  /** Once a pool has ended, ends the threads that work nowhere. */
  private endIdle(): void {
    if (!this.ended) return;
    for (const worker of this.workers.filter(({ places }) => places.length === 0)) {
      this.workers.splice(this.workers.indexOf(worker), 1);
      worker.thread.end();
    }
  }

  private leave(place: Workplace): void {
    if (--place.workers === 0 && place.isVacant) giveBackLeft(place.memory);
  }

  private hear(report: Report, places: Workplace[]): void {
    if (typeof report === 'object') {
      this.leave(places.shift()!);
      this.lose(report.failed);
    } else if (report === 'left') {
      this.leave(places.shift()!);
      this.endIdle();
    } else if (report === 'done') {
      this.hold(false);
      this.running?.resolve();
      this.running = undefined;
    } else if (++this.heard && this.ready && this.areHeard) {
      this.complete = true;
      this.hold(false);
      this.settle();
    }
  }

  private settle(): void {
    for (const resolve of this.settling.splice(0)) resolve();
  }
}
