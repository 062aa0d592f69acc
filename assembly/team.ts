// Threads that run programs together in one shared memory: how they start, and how they wait for each other. Waiting
// spins for a moment, then sleeps. TypeScript's side of these words is in src/runtime/team.ts.

// A team, in cache lines of its own:
//    0 [runs begun: i32][program: u32][steps: i32][threads: i32]     written before a run
//   64 [threads that have arrived: i32]                               where all threads meet
//  128 [meetings over: i32][dissolved: i32][threads asleep: i32]
//  192 [threads that have joined the run: i32]
const PROGRAM: usize = 4;
const STEPS: usize = 8;
const THREADS: usize = 12;
const ARRIVED: usize = 64;
const MEETINGS: usize = 128;
const DISSOLVED: usize = 132;
const ASLEEP: usize = 136;
const JOINED: usize = 192;

/** Looks at a word before sleeping on it: tens of microseconds, as long as it takes to fall asleep and wake up. */
const SPINS: i32 = 20_000;
/** Nanoseconds between looks for threads that never joined, and how many looks they have. */
const LOOK: i64 = 1_000_000_000;
const LOOKS: i32 = 10;
const TIMED_OUT: i32 = 2;

// @ts-ignore: decorator
@inline
export function programOf(team: usize): usize {
  return load<usize>(team, PROGRAM);
}

// @ts-ignore: decorator
@inline
export function stepsOf(team: usize): i32 {
  return load<i32>(team, STEPS);
}

// @ts-ignore: decorator
@inline
export function threadsOf(team: usize): i32 {
  return load<i32>(team, THREADS);
}

/** 1 once no thread of the team may go on, else 0. */
// @ts-ignore: decorator
@inline
export function isDissolved(team: usize): i32 {
  return atomic.load<i32>(team, DISSOLVED);
}

// The baseline compiler of V8 11 (Node 20) loses a function's locals over this instruction. So the instruction has a
// function of its own, which is called by its index: that keeps it from being inlined.
const sleep = (address: usize, expected: i32, nanoseconds: i64): i32 =>
  atomic.wait<i32>(address, expected, nanoseconds);

/** Waits until more runs than `seen` have begun; returns how many. */
export function awaitStart(team: usize, seen: i32): i32 {
  for (let spins = SPINS; spins > 0 && atomic.load<i32>(team) == seen; spins--) {}
  while (atomic.load<i32>(team) == seen) sleep(team, seen, -1);
  return atomic.load<i32>(team);
}

/** Says that the calling thread takes part in the run. */
// @ts-ignore: decorator
@inline
export function join(team: usize): void {
  atomic.add<i32>(team, 1, JOINED);
}

/** Waits until all `threads` threads are here. Dissolves the team when one of them never joined the run. */
export function meet(team: usize, threads: i32): void {
  const meeting = atomic.load<i32>(team, MEETINGS);
  if (atomic.add<i32>(team, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(team, 0, ARRIVED);
    part(team);
    return;
  }
  for (let spins = SPINS; spins > 0; spins--) if (atomic.load<i32>(team, MEETINGS) != meeting) return;
  atomic.add<i32>(team, 1, ASLEEP);
  for (let looks = 0; atomic.load<i32>(team, MEETINGS) == meeting; ) {
    if (sleep(team + MEETINGS, meeting, LOOK) != TIMED_OUT) continue;
    if (atomic.load<i32>(team, JOINED) == threads || ++looks < LOOKS) continue;
    atomic.store<i32>(team, 1, DISSOLVED);
    part(team);
  }
  atomic.sub<i32>(team, 1, ASLEEP);
}

/** Ends the meeting. Whoever falls asleep later finds it over: the count of sleepers is read behind the end. */
function part(team: usize): void {
  atomic.add<i32>(team, 1, MEETINGS);
  if (atomic.load<i32>(team, ASLEEP) > 0) atomic.notify(team + MEETINGS, -1);
}
