// Walks a program: a list of steps, each a table index of a kernel and the address of its arguments.
// Knows nothing of what the kernels do.
import { awaitStart, isDissolved, join, meet, programOf, stepsOf, threadsOf } from "./team";

/** Every step kernel does its share of one step as `thread` of `threads`. */
type Kernel = (args: usize, thread: i32, threads: i32) => void;

// One step: [kernel: u32][args: u32]. The two highest bits of the kernel say how a team does the step.
const STEP_BYTES: usize = 8;
/** The first thread does the step by itself. */
const ALONE: u32 = 1 << 31;
/** What comes next doesn't need it: no thread waits for the others behind it. */
const OPEN: u32 = 1 << 30;
const KERNEL: u32 = OPEN - 1;

/** Runs `steps` steps from `program` on: the share of `thread` of `threads`, which wait for nobody. */
export function run(program: usize, steps: i32, thread: i32, threads: i32): void {
  const end = program + <usize>steps * STEP_BYTES;
  for (let step = program; step < end; step += STEP_BYTES) {
    call_indirect<void>(load<u32>(step) & KERNEL, load<usize>(step, 4), thread, threads);
  }
}

/** Waits until the team has begun more runs than `seen`; returns how many. */
export function await_run(team: usize, seen: i32): i32 {
  return awaitStart(team, seen);
}

/** Does the share of `thread` in the run that the team has begun; returns 0 when all is done, 1 when the team was dissolved. */
export function run_together(team: usize, thread: i32): i32 {
  const threads = threadsOf(team);
  join(team);
  const end = programOf(team) + <usize>stepsOf(team) * STEP_BYTES;
  for (let step = programOf(team); step < end && !isDissolved(team); step += STEP_BYTES) {
    const kernel = load<u32>(step);
    if (!(kernel & ALONE)) call_indirect<void>(kernel & KERNEL, load<usize>(step, 4), thread, threads);
    else if (thread == 0) call_indirect<void>(kernel & KERNEL, load<usize>(step, 4), 0, 1);
    if (!(kernel & OPEN)) meet(team, threads);
  }
  return isDissolved(team);
}

/** First address that holds none of the module's own data. */
export function heap_base(): usize {
  return __heap_base;
}

/** 1 where multiply-adds are fused, 0 where they round twice. */
export function is_relaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD;
}
