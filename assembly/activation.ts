// Activations that a kernel applies to what it is about to store.

/** What to apply; `alpha` and `beta` are the parameters named behind it. */
export enum Activation {
  none,
  /** max(alpha, min(beta, x)): ReLU is [0, infinity), ReLU6 is [0, 6]. */
  clip,
}

/** `clip` in each of four lanes; a NaN stays a NaN. */
// @ts-ignore: decorator
@inline
export function clip(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(v, high), low);
}

/** `activation` in each of four lanes. */
export function activate(v: v128, activation: i32, alpha: f32, beta: f32): v128 {
  if (activation == Activation.clip) return clip(v, f32x4.splat(alpha), f32x4.splat(beta));
  return v;
}
