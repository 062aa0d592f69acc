// Activations that a kernel applies to what it is about to store.

/** What to apply; `alpha` and `beta` are the parameters named behind it. */
export enum Activation {
  none,
  /** max(alpha, min(beta, x)): ReLU is [0, infinity), ReLU6 is [0, 6]. */
  clip,
}
