// A scale and a shift for each channel.

/** `x` `[pixels, channels]`, each channel by its own factor and offset. */
export function scaleShift(x: ArrayLike<number>, scale: ArrayLike<number>, shift: ArrayLike<number>): number[] {
  return Array.from(x, (value, i) => value * scale[i % scale.length] + shift[i % shift.length]);
}
