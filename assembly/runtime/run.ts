// Walks a program: a list of steps, each a table index of a kernel and the address of its arguments.
// Knows nothing of what the kernels do.
import {
  awaitPhase,
  awaitStart,
  claimShare,
  endOf,
  finishShare,
  firstStepOf,
  isDissolved,
  phaseOf,
  threadsOf,
} from "./thread_pool";
import { byteDots } from "../primitives/integer_dot";
import { ALONE, OPEN, STEP_BYTES } from "./program_layout";
import { GONE, LATE, OVER } from "./thread_pool_layout";

// What is left of a step's first word without its two highest bits. A kernel is called as (args, thread, threads): it
// does its share of the step.
const KERNEL: u32 = OPEN - 1;

/** Runs `steps` steps from `program` on: the share of `thread` of `threads`, which wait for nobody. */
export function run(program: usize, steps: i32, thread: i32, threads: i32): void {
  const end = program + <usize>steps * STEP_BYTES;
  for (let step = program; step < end; step += STEP_BYTES) {
    call_indirect<void>(load<u32>(step) & KERNEL, load<usize>(step, 4), thread, threads);
  }
}

/** Waits until the pool has begun more runs than `seen`; returns how many. */
export function await_run(pool: usize, seen: i32): i32 {
  return awaitStart(pool, seen);
}

/**
 * Does shares of the run that the pool has begun until it is over. Returns `OVER`, `GONE` or `LATE`: the run is late where others
 * have not finished their shares of a step for `patience` milliseconds; it may be gone on with by another call. With a
 * negative patience it never is.
 */
export function run_together(pool: usize, thread: i32, patience: i32): i32 {
  const threads = threadsOf(pool);
  while (!isDissolved(pool)) {
    const phase = phaseOf(pool);
    const first = firstStepOf(pool);
    if (first == 0) return OVER;
    const share = claimShare(pool, phase, thread, threads);
    if (share < 0) {
      if (!awaitPhase(pool, phase, patience)) return LATE;
      continue;
    }
    const end = endOf(pool);
    const next = runPhase(first, end, share, threads);
    finishShare(pool, threads, next < end ? next : 0);
  }
  return GONE;
}

/** Does one share of the steps from `first` to the first one that isn't open; returns where the next phase begins. */
function runPhase(first: usize, end: usize, share: i32, threads: i32): usize {
  let step = first;
  while (step < end) {
    const kernel = load<u32>(step);
    if (!(kernel & ALONE)) call_indirect<void>(kernel & KERNEL, load<usize>(step, 4), share, threads);
    else if (share == 0) call_indirect<void>(kernel & KERNEL, load<usize>(step, 4), 0, 1);
    step += STEP_BYTES;
    if (!(kernel & OPEN)) break;
  }
  return step;
}

/** First address that holds none of the module's own data. */
export function heap_base(): usize {
  return __heap_base;
}

/** 1 where multiply-adds are fused, 0 where they round twice. */
export function is_relaxed(): i32 {
  return i32(ASC_FEATURE_RELAXED_SIMD);
}

/** What the instruction for dot products of bytes is exact for: a ByteDots. */
export function byte_dots(): i32 {
  return byteDots();
}
