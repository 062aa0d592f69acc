// What threads that run programs together find each other by in shared memory, in cache lines of its own:
//    0 [runs begun: i32][end of the program: u32][threads: i32]          written before a run
//   64 [phase: i32][its first step: u32, 0 until a run begins]           written by who does the last share, step first
//  128 [shares done: i32]
//  192 [dissolved: i32][threads asleep: i32][threads that wait for runs: i32, which the kernels don't look at]
//  256 [for each share the phase behind the last one in which it was claimed: i32]

export const RUNS: usize = 0;
export const END: usize = 4;
export const THREADS: usize = 8;
export const PHASE: usize = 64;
export const FIRST_STEP: usize = 68;
export const DONE: usize = 128;
export const DISSOLVED: usize = 192;
export const ASLEEP: usize = 196;
export const READY: usize = 200;
export const CLAIMS: usize = 256;

/** More threads than any machine's cores is a mistake. */
export const MOST_THREADS: i32 = 256;

/** Bytes of it all. */
export const POOL_BYTES: usize = CLAIMS + 4 * <usize>MOST_THREADS;

/** How a thread leaves a run: all steps are done, */
export const OVER: i32 = 0;
/** or the pool was dissolved meanwhile, */
export const GONE: i32 = 1;
/** or others have claimed what is left and don't finish it. */
export const LATE: i32 = 2;
