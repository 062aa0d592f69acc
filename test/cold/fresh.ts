// Runs tasks against the built package, each in a module instance of its own: what it uses of quadlane is loaded anew, and
// nothing that another task imported, built or loaded is there. Tasks share workers, because starting one takes longer.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** A module graph is never given back, so a worker ends after this many tasks. */
const TASKS_A_WORKER = 60;

interface Lane {
  worker?: Worker;
  tasks: number;
}

const idle: Lane[] = Array.from({ length: availableParallelism() }, () => ({ tasks: 0 }));
const waiting: ((lane: Lane) => void)[] = [];

/** What a task is given besides its arguments. */
export interface FreshOptions {
  /** How long it may take once it has started. */
  readonly timeout?: number;
}

/**
 * What `task`, exported by a script of this folder, returns for `args` in a fresh instance; both are copied.
 * @throws Error with the task's own message, or when it takes longer than `timeout` milliseconds (default: 30,000)
 */
export async function fresh<Result>(
  script: string,
  task: string,
  args: readonly unknown[] = [],
  { timeout = 30_000 }: FreshOptions = {},
): Promise<Result> {
  const lane = idle.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
  try {
    return (await answer(lane, { script: new URL(script, import.meta.url).href, task, args }, timeout)) as Result;
  } finally {
    const next = waiting.shift();
    if (next) next(lane);
    else idle.push(lane);
  }
}

async function answer(lane: Lane, message: unknown, timeout: number): Promise<unknown> {
  const worker = lane.worker ?? new Worker(new URL('instance.mjs', import.meta.url), { execArgv: [] });
  lane.worker = worker;
  const listening = new AbortController();
  const { signal } = listening;
  const timer = setTimeout(() => listening.abort(), timeout);
  try {
    worker.postMessage(message);
    const ended = once(worker, 'exit', { signal }).then(([code]) =>
      Promise.reject(new Error(`its worker ended (${code})`)),
    );
    const [reply] = await Promise.race([once(worker, 'message', { signal }), ended]);
    lane.tasks++;
    if (reply.failure !== undefined) throw new Error(reply.failure);
    return reply.result;
  } catch (error) {
    // Whatever went wrong, the next task starts in another worker.
    lane.tasks = TASKS_A_WORKER;
    throw signal.aborted ? new Error(`no answer within ${timeout} ms`) : error;
  } finally {
    clearTimeout(timer);
    listening.abort();
    if (lane.tasks >= TASKS_A_WORKER) {
      await worker.terminate();
      Object.assign(lane, { worker: undefined, tasks: 0 });
    }
  }
}
