// Models on several threads: whether this host can, and what their cores are then. Loaded only where threads are wanted.

import type { WasmModule } from '../hostTypes.js';
import { MOST_THREADS } from '../layouts.generated.js';
import { numberIn } from '../options.js';
import { schedule } from '../plan/schedule.js';
import type { Platform, Variant } from '../platform/platform.js';
import { PooledCore } from '../runtime/pooledCore.js';
import { collectMemories } from '../runtime/sharedMemories.js';
import { withSharedMemory } from '../runtime/sharing.js';
import { ThreadPool } from '../runtime/threadPool.js';
import type { Engine } from './engine.js';
import type { ModelOptions } from './model.js';

const GIVEN = 'the binary was passed as { wasm }, and a compiled module takes no shared memory: leave { wasm } out';

const ALONE_AT_ONCE =
  'the main thread of a page may not wait for others, and a trainer answers at once: train in a worker';

/** How long a call that can't be interrupted waits for a thread, if `limits.wait` doesn't say. */
const PATIENCE_MS = 10_000;

const modules = new Map<Variant, Promise<WebAssembly.Module>>();

/**
 * An engine of `threads` threads where the host allows it, else of one, with the reason.
 * @param atOnce whether every run has to be over when its call returns
 * @param folder where the binary is, unless where the host knows
 * @throws QuadlaneError `ARGUMENT` where `threads` is no number of threads, `HOST` where the binary can't be loaded
 */
export async function threadedEngine(
  platform: Platform,
  variant: Variant,
  { threads = 1, wasm, limits = {} }: ModelOptions & { wasm?: WasmModule },
  atOnce = false,
  folder?: string,
): Promise<Engine & { settled?: () => Promise<void> }> {
  numberIn('threads', threads, { from: 1, to: MOST_THREADS, whole: true });
  const host = await platform.threads?.(folder);
  const callerWorks = mayBlock();
  const absent = host ? host.reason() : (platform.alone ?? 'this host has no threads');
  const reason = wasm ? GIVEN : (absent ?? (atOnce && !callerWorks ? ALONE_AT_ONCE : undefined));
  if (!host || reason) return { module: wasm ?? (await platform.compile(variant, folder)), reason };
  const module = await sharedModule(platform, variant, folder);
  await collectMemories();
  const pools: ThreadPool[] = [];
  return {
    module,
    threading: {
      count: threads,
      core(limit) {
        const pool = new ThreadPool(host, threads, callerWorks);
        pools.push(pool);
        return new PooledCore(module, limit, pool, limits.wait ?? PATIENCE_MS);
      },
      schedule,
    },
    async settled() {
      await Promise.all(pools.splice(0).map((pool) => pool.settled()));
    },
  };
}

/** The binary for shared memory, fetched and compiled once. */
function sharedModule(platform: Platform, variant: Variant, folder?: string): Promise<WebAssembly.Module> {
  const known = modules.get(variant);
  if (known) return known;
  const module = platform.compileAs!(variant, withSharedMemory, folder);
  modules.set(variant, module);
  module.catch(() => modules.delete(variant));
  return module;
}

/** Whether this thread may wait for others: the main thread of a page may not. */
function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}
