// A core whose memory threads share: the calling thread works as the first of a pool, or lets the pool work where it
// may not block.

import { QuadlaneError } from '../errors.js';
import { ALONE, POOL_BYTES, STEP_BYTES } from '../layouts.generated.js';
import { Tensor } from '../tensor.js';
import { Core, instantiate, MAX_PAGES, newMemory, PAGE_BYTES, type RunQueue } from './core.js';
import type { ThreadPool } from './threadPool.js';

/** A memory that has to grow becomes this much longer than it must be: growing means moving. */
const ROOM = 1.125;
const ALIGNMENT = 64;

/** Ends the threads of models that are gone without having been disposed. */
const gone = new FinalizationRegistry<ThreadPool>((pool) => pool.end());

export class PooledCore extends Core {
  override readonly pool: ThreadPool | undefined;
  override readonly queue: RunQueue | undefined;
  /** Address of the pool's control block. */
  private readonly address: number;

  /**
   * @param module a binary that takes shared memory
   * @param limit most bytes that the memory may have
   * @param pool absent: the calling thread works alone
   */
  constructor(module: WebAssembly.Module, limit: number, pool?: ThreadPool) {
    super(module, limit, sharedMemory(1));
    this.pool = pool;
    this.address = Math.ceil(this.heapBase / ALIGNMENT) * ALIGNMENT;
    this.heapBase = this.address + POOL_BYTES;
    this.queue = pool && !pool.callerWorks ? new PoolRunQueue(pool, (...run) => super.run(...run)) : undefined;
    if (pool) gone.register(this, pool);
  }

  override sibling(limit = Number.POSITIVE_INFINITY): Core {
    return new PooledCore(this.module, limit);
  }

  /**
   * Runs a program at once: by the whole pool where the calling thread may block and the others are ready, else alone.
   * @throws QuadlaneError `HOST` when a thread of the pool is lost
   */
  override run(program: number, steps: number, thread = 0, threads = 1): void {
    const { pool } = this;
    if (pool?.failure) throw pool.failure;
    if (!pool?.callerWorks || !pool.ready || this.isForOne(program, steps)) {
      super.run(program, steps, thread, threads);
      return;
    }
    pool.begin(program, steps);
    try {
      if (this.exports.run_together(this.address, 0) === 0) return;
      pool.lose('it left a run');
    } catch (cause) {
      pool.lose(cause);
    }
    throw pool.failure;
  }

  /** Whether no step of a program is shared. */
  private isForOne(program: number, steps: number): boolean {
    const words = new Int32Array(this.memory.buffer, program, (STEP_BYTES / 4) * steps);
    for (let step = 0; step < words.length; step += STEP_BYTES / 4) if (!(words[step] & ALONE)) return false;
    return true;
  }

  /** Shared memory doesn't grow under the views that others have: a new one takes its place, and the old one's content. */
  protected override grow(pages: number): void {
    const most = Math.min(MAX_PAGES, Math.floor(this.limit / PAGE_BYTES));
    const memory = sharedMemory(Math.max(pages, Math.min(most, Math.ceil(pages * ROOM))));
    const used = new Uint8Array(this.memory.buffer);
    new Uint8Array(memory.buffer).set(used);
    new Uint8Array(memory.buffer, this.address, POOL_BYTES).fill(0);
    this.memory = memory;
    this.exports = instantiate(this.module, memory).exports;
    this.pool?.move(this.module, memory, this.address);
  }
}

function sharedMemory(pages: number): WebAssembly.Memory {
  return newMemory({ initial: pages, maximum: pages, shared: true });
}

/** Runs that a pool does by itself. */
class PoolRunQueue implements RunQueue {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private running = false;

  constructor(
    private readonly pool: ThreadPool,
    private readonly runAlone: (program: number, steps: number) => void,
  ) {}

  take<T>(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Promise<T>): Promise<T> {
    const now = this.waiting++ === 0;
    const kept = now ? inputs : inputs.map(({ dtype, shape, data }) => new Tensor(dtype, shape, data.slice() as never));
    const turn = now ? body(kept) : this.last.then(() => body(kept));
    this.last = turn
      .catch(() => {})
      .then(() => {
        this.waiting--;
      });
    return turn;
  }

  async run(program: number, steps: number): Promise<void> {
    const { pool } = this;
    this.running = true;
    try {
      await pool.settled();
      if (pool.failure) throw pool.failure;
      if (pool.reason) this.runAlone(program, steps);
      else await pool.runAll(program, steps);
    } finally {
      this.running = false;
    }
  }

  refuse(): void {
    if (!this.running) return;
    throw new QuadlaneError('ARGUMENT', 'runSync() while a run is under way would disturb it: await run() before');
  }
}
