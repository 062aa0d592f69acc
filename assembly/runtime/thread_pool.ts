// Threads that run programs together in one shared memory: how a run's work is handed out, and how they wait. Nobody
// waits for a thread, only for work: a thread that comes late, or never, has its share done by another. Waiting spins
// for a moment, then sleeps. TypeScript's side is in src/runtime/controlBlock.ts.
import { ASLEEP, CLAIMS, DISSOLVED, DONE, END, FIRST_STEP, PHASE, THREADS } from "./thread_pool_layout";

// A run goes in phases of one step or a few; each has as many shares as the pool has threads, and the next phase begins
// when all shares are done. Phases are numbered through all runs, so that whoever holds on to an old one claims
// nothing. All that they share is in thread_pool_layout.ts.

/** Looks at a word before sleeping on it: tens of microseconds, as long as it takes to fall asleep and wake up. */
const SPINS: i32 = 20_000;

/** What a sleep answers that nobody has ended. */
const TIMED_OUT: i32 = 2;

// @ts-ignore: decorator
@inline
export function endOf(pool: usize): usize {
  return load<usize>(pool, END);
}

// @ts-ignore: decorator
@inline
export function threadsOf(pool: usize): i32 {
  return load<i32>(pool, THREADS);
}

/** 1 once no thread of the pool may go on, else 0. */
// @ts-ignore: decorator
@inline
export function isDissolved(pool: usize): i32 {
  return atomic.load<i32>(pool, DISSOLVED);
}

// @ts-ignore: decorator
@inline
export function phaseOf(pool: usize): i32 {
  return atomic.load<i32>(pool, PHASE);
}

/** Where the phase begins; only who holds a share of it knows that it is this phase's. 0 between runs. */
// @ts-ignore: decorator
@inline
export function firstStepOf(pool: usize): usize {
  return atomic.load<usize>(pool, FIRST_STEP);
}

// The baseline compiler of V8 11 (Node 20) loses a function's locals over this instruction. So the instruction has a
// function of its own, which is called by its index: that keeps it from being inlined.
const sleep = (address: usize, expected: i32, nanoseconds: i64): i32 =>
  atomic.wait<i32>(address, expected, nanoseconds);

/** Waits until more runs than `seen` have begun; returns how many. */
export function awaitStart(pool: usize, seen: i32): i32 {
  for (let spins = SPINS; spins > 0 && atomic.load<i32>(pool) == seen; spins--) {}
  while (atomic.load<i32>(pool) == seen) sleep(pool, seen, -1);
  return atomic.load<i32>(pool);
}

/** A share of `phase` that nobody has claimed, the thread's own before others; -1 where there is none. */
export function claimShare(pool: usize, phase: i32, thread: i32, threads: i32): i32 {
  let share = thread;
  do {
    const word = pool + CLAIMS + ((<usize>share) << 2);
    const free = atomic.load<i32>(word);
    if (free - phase <= 0 && atomic.cmpxchg<i32>(word, free, phase + 1) == free) return share;
    if (++share == threads) share = 0;
  } while (share != thread);
  return -1;
}

/** Says that a claimed share is done. The last one begins the phase at `next`, or ends the run where that is 0. */
export function finishShare(pool: usize, threads: i32, next: usize): void {
  if (atomic.add<i32>(pool, 1, DONE) != threads - 1) return;
  atomic.store<i32>(pool, 0, DONE);
  atomic.store<usize>(pool, next, FIRST_STEP);
  atomic.add<i32>(pool, 1, PHASE);
  // Whoever falls asleep later finds the phase over: the count of sleepers is read behind its end.
  if (atomic.load<i32>(pool, ASLEEP) > 0) atomic.notify(pool + PHASE, -1);
}

/**
 * Waits until `phase` is over, for `milliseconds` at most; for ever where that is negative. Returns whether it is over.
 */
export function awaitPhase(pool: usize, phase: i32, milliseconds: i32): bool {
  for (let spins = SPINS; spins > 0; spins--) if (phaseOf(pool) != phase) return true;
  atomic.add<i32>(pool, 1, ASLEEP);
  const nanoseconds: i64 = milliseconds < 0 ? -1 : <i64>milliseconds * 1_000_000;
  let isLate = false;
  while (phaseOf(pool) == phase && !isLate) isLate = sleep(pool + PHASE, phase, nanoseconds) == TIMED_OUT;
  atomic.sub<i32>(pool, 1, ASLEEP);
  return phaseOf(pool) != phase;
}
