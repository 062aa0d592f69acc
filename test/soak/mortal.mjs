// A thread of a pool that ends when it shouldn't: a real one, ended from outside so long after a run has begun, or one that
// claims its share of a step and ends then. Runs as a worker; what it passes on are the reports of a thread.

import { parentPort, Worker, workerData } from 'node:worker_threads';

const { script, way, run, step, microseconds, layout } = workerData;
const { RUNS, PHASE, FIRST_STEP, READY, CLAIMS, DISSOLVED, THREADS } = layout;

/** Looks at shared words for so long before messages have their turn. */
const SLICE_MS = 2;

/** Calls `look` until it is true. */
function until(look, then) {
  const end = performance.now() + SLICE_MS;
  do {
    if (look()) return void then();
  } while (performance.now() < end);
  setTimeout(() => until(look, then));
}

if (way === 'ended') keep();
else claim();

function keep() {
  const thread = new Worker(new URL(script), { execArgv: [] });
  thread.on('message', (report) => parentPort.postMessage({ report }));
  thread.on('exit', () => {
    parentPort.postMessage({ ended: true });
    parentPort.close();
  });
  parentPort.on('message', ({ assignment }) => {
    if (!assignment) return void thread.terminate();
    thread.postMessage(assignment);
    const block = new Int32Array(assignment.memory.buffer, assignment.pool);
    const hasBegun = () => Atomics.load(block, RUNS / 4) >= run || Atomics.load(block, DISSOLVED / 4) !== 0;
    until(hasBegun, () => {
      const end = performance.now() + microseconds / 1000;
      while (performance.now() < end);
      thread.terminate();
    });
  });
}

function claim() {
  parentPort.on('message', ({ assignment }) => {
    if (!assignment) return void process.exit(0);
    const { memory, pool, thread } = assignment;
    const block = new Int32Array(memory.buffer, pool);
    const start = Atomics.load(block, PHASE / 4);
    Atomics.add(block, READY / 4, 1);
    parentPort.postMessage({ report: 'ready' });
    const isOver = () => Atomics.load(block, DISSOLVED / 4) !== 0;
    const isThere = () => Atomics.load(block, FIRST_STEP / 4) !== 0 && Atomics.load(block, PHASE / 4) - start >= step;
    // Any share of whatever step is next.
    const claimed = () => {
      const phase = Atomics.load(block, PHASE / 4);
      for (let share = 0; share < block[THREADS / 4]; share++) {
        const word = CLAIMS / 4 + ((thread + share) % block[THREADS / 4]);
        const free = Atomics.load(block, word);
        if (free - phase <= 0 && Atomics.compareExchange(block, word, free, phase + 1) === free) return true;
      }
      return false;
    };
    until(
      () => isOver() || (isThere() && claimed()),
      () => (isOver() ? parentPort.postMessage({ report: 'left' }) : process.exit(3)),
    );
  });
}
