// A program: [steps], each [kernel: u32][arguments: u32], then [arguments of each step, four bytes a field][tables].
// The two highest bits of the kernel say how threads share the step.

/** Bytes of a step, by which programs are walked. */
export const STEP_BYTES: usize = 8;
/** Bytes of a field of a kernel's arguments, and of a table's entry. */
export const FIELD_BYTES: usize = 4;
/** Beside a kernel's number: the first thread does the step by itself. */
export const ALONE: u32 = 0x80000000;
/** The same: what comes next needs of the step only the same share, and both go into one phase. */
export const OPEN: u32 = 0x40000000;
/** Kernels may load this far past the end of a tensor or a weight. */
export const SLACK_BYTES: usize = 64;
/** Floating-point operations of one round of f32_multiply_add_peak. */
export const PEAK_OPERATIONS: i32 = 96;
