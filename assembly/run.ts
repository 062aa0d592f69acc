// Walks a program: a list of steps, each a table index of a kernel and the address of its arguments.
// Knows nothing of what the kernels do.

/** Every step kernel does its share of one step as `thread` of `threads`. */
type Kernel = (args: usize, thread: i32, threads: i32) => void;

// One step: [kernel: u32][args: u32].
const STEP_BYTES: usize = 8;

/** Runs `steps` steps from `program` on. */
export function run(program: usize, steps: i32, thread: i32, threads: i32): void {
  const end = program + <usize>steps * STEP_BYTES;
  for (let step = program; step < end; step += STEP_BYTES) {
    call_indirect<void>(load<u32>(step), load<usize>(step, 4), thread, threads);
  }
}

/** First address that holds none of the module's own data. */
export function heap_base(): usize {
  return __heap_base;
}

/** 1 where multiply-adds are fused, 0 where they round twice. */
export function is_relaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD;
}
