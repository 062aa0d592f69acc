// A core whose memory threads share: the calling thread works as the first of a pool, or lets the pool work where it
// may not block.

import { ALONE, LATE, OVER, POOL_BYTES, STEP_BYTES } from '../layouts.generated.js';
import { Core, MAX_PAGES, PAGE_BYTES } from './core.js';
import { giveBack, takeMemory } from './sharedMemories.js';
import type { ThreadPool } from './threadPool.js';
import { nextTurn } from './turns.js';

/** A memory that has to grow becomes this much longer than it must be: growing means moving. */
const ROOM = 1.125;
const ALIGNMENT = 64;
/** A call that others may come between waits so long for the others, in milliseconds, and then looks whether they live. */
const SLICE_MS = 50;
const FOR_EVER = -1;

/** Ends the threads of models that are gone without having been disposed. */
const gone = new FinalizationRegistry<ThreadPool>((pool) => pool.end());

export class PooledCore extends Core {
  override readonly pool: ThreadPool | undefined;
  /** Whether threads have worked in the memory: they give it back when they have left it, then, unless it is exposed. */
  private isCommon = false;
  /** Address of the pool's control block. */
  private readonly address: number;

  /**
   * @param module a binary that takes shared memory
   * @param limit most bytes that the memory may have
   * @param pool absent: the calling thread works alone
   * @param patience milliseconds that a call that nothing may come between waits for another thread's share of one step
   */
  constructor(
    module: WebAssembly.Module,
    limit: number,
    pool?: ThreadPool,
    private readonly patience = FOR_EVER,
  ) {
    super(module, limit, takeMemory(1));
    this.pool = pool;
    this.address = Math.ceil(this.heapBase / ALIGNMENT) * ALIGNMENT;
    this.heapBase = this.address + POOL_BYTES;
    if (pool) gone.register(this, pool, this);
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
    const outcome = this.takePart(pool, this.patience);
    if (outcome === OVER) return;
    if (outcome === LATE) pool.lose(`it has done nothing for ${this.patience} ms`);
    throw pool.failure;
  }

  /**
   * Runs a program by the whole pool, in turns with what else the calling thread does: a thread that ends is noticed, one
   * that is slow is waited for.
   * @throws QuadlaneError `HOST` when a thread of the pool is lost, `DISPOSED` when the pool ends
   */
  override async runInTurns(program: number, steps: number): Promise<void> {
    const { pool } = this;
    if (pool && !pool.callerWorks) await pool.settled();
    if (pool?.failure) throw pool.failure;
    if (!pool || pool.reason || !pool.ready || this.isForOne(program, steps)) super.run(program, steps);
    else if (!pool.callerWorks) await pool.runAll(program, steps);
    else {
      pool.begin(program, steps);
      while (this.takePart(pool, SLICE_MS) !== OVER) {
        await nextTurn();
        if (pool.failure) throw pool.failure;
      }
    }
  }

  override dispose(): void {
    const { pool } = this;
    gone.unregister(this);
    this.leave();
    pool?.end();
  }

  /** Gives the memory back, or lets the threads do so. */
  private leave(): void {
    if (this.isExposed) return;
    if (this.isCommon) this.pool?.vacate();
    else giveBack(this.memory);
  }

  /** Does what it can of the run that has begun. */
  private takePart(pool: ThreadPool, patience: number): number {
    try {
      const outcome = this.exports.run_together(this.address, 0, patience);
      if (outcome !== OVER && outcome !== LATE) pool.lose('it left a run');
      return outcome;
    } catch (cause) {
      pool.lose(cause);
      throw pool.failure;
    }
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
    const memory = takeMemory(Math.max(pages, Math.min(most, Math.ceil(pages * ROOM))), most);
    this.leave();
    this.moveTo(memory);
    new Uint8Array(memory.buffer, this.address, POOL_BYTES).fill(0);
    this.isExposed = false;
    this.isCommon = this.pool !== undefined;
    this.pool?.move(this.module, memory, this.address);
  }
}
