// What a network runs on: a binary and the threads of the host, and what is told of them.

import type { Plan } from '../plan/plan.js';
import { Core } from '../runtime/core.js';

export interface ModelInfo {
  /** The binary in use. */
  readonly variant: 'strict' | 'relaxed';
  readonly threads: number;
  /** Why there are fewer threads than asked for. */
  readonly threadsReason?: string;
}

/**
 * How a model gets its threads.
 * @internal
 */
export interface Threading {
  /** Threads that take part in a run. */
  readonly count: number;
  /** An instance with a memory of its own. */
  core(limit: number): Core;
  /** A plan as the threads share it. */
  schedule(plan: Plan): Plan;
}

/**
 * What a model runs on.
 * @internal
 */
export interface Engine {
  readonly module: WebAssembly.Module;
  /** Absent: one thread. */
  readonly threading?: Threading;
  /** Why there is only one thread where more were wanted. */
  readonly reason?: string;
}

/**
 * An instance of the engine's binary with a memory of its own, of at most `limit` bytes.
 * @internal
 */
export function coreOf({ threading, module }: Engine, limit: number): Core {
  return threading?.core(limit) ?? new Core(module, limit);
}

/**
 * What `core` of `engine` is, where `threads` were wanted.
 * @internal
 */
export function infoOf(core: Core, engine: Engine, { threads = 1 }: { readonly threads?: number }): ModelInfo {
  const variant = core.relaxed ? 'relaxed' : 'strict';
  const { count, reason } = core.pool ?? { count: 1, reason: engine.reason };
  if (threads === count) return { variant, threads };
  return {
    variant,
    threads: count,
    threadsReason: reason ?? 'only `await loadModel()` and `await compile()` start threads',
  };
}
