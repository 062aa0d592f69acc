// Scratch of the kernels that normalise.

/** Bytes of scratch that f32_response_norm takes a thread: squares of channels between those of the window's halves. */
export function responseNormScratch(channels: i32, size: i32): i32 {
  return 4 * (channels + size) + 32;
}

/** Bytes of scratch that f32_response_norm_gradient takes a thread: two rows such as those of f32_response_norm. */
export function responseNormGradientScratch(channels: i32, size: i32): i32 {
  return 8 * (channels + size) + 64;
}

/** Bytes of scratch that f32_batch_norm takes a thread: a factor a channel. */
export function batchNormScratch(channels: i32): i32 {
  return 4 * ((channels + 3) & -4);
}

/** Bytes of scratch that f32_batch_norm_gradient takes a thread: [factor][mean of gradient][slope] a channel. */
export function batchNormGradientScratch(channels: i32): i32 {
  return 3 * batchNormScratch(channels);
}
