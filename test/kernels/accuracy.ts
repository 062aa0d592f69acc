// Measures errors in units in the last place over the whole range of float32.

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Spacing of float32 at `x`; of the denormals for tiny ones. */
export function ulp(x: number): number {
  float[0] = Math.abs(x);
  const exponent = Math.min(Math.max(bits[0] >>> 23, 1), 254);
  return 2 ** (exponent - 150);
}

/** Every 2^12th float32, both signs, denormals, infinities and NaN among them: about a million. */
export function floatSweep(): Float32Array {
  const patterns = new Uint32Array(2 ** 20);
  for (let i = 0; i < patterns.length; i++) patterns[i] = i * 2 ** 12 + (i % 4093);
  return new Float32Array(patterns.buffer);
}

/** `count` evenly spaced floats of [from, to]. */
export function evenly(from: number, to: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Floats where functions are at their most particular. */
export const specialFloats = Float32Array.of(
  ...[0, -0, 1e-45, -1e-45, 1e-40, -1e-40, 1.17549435e-38, -1.17549435e-38, 1e-7, -1e-7, 0.5, -0.5, 1, -1, 1.5, -1.5],
  ...[2.5, -2.5, 88.7, -88.7, 88.8, -88.8, 103.9, -103.9, 104.5, -104.5, 8388609, -8388609, 2 ** 31, -(2 ** 31)],
  ...[3.4028234663852886e38, -3.4028234663852886e38, Infinity, -Infinity, Number.NaN],
);

export interface Worst {
  error: number;
  at: number;
  actual: number;
  expected: number;
}

/** Largest |actual - expected| / scale(expected, x); NaN where only one is NaN or infinite, or infinities differ. */
export function worstError(
  inputs: ArrayLike<number>,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  scale: (expected: number, x: number) => number = ulp,
): Worst {
  let worst: Worst = { error: 0, at: 0, actual: 0, expected: 0 };
  for (let i = 0; i < inputs.length; i++) {
    if (Object.is(actual[i], expected[i]) || actual[i] === Math.fround(expected[i])) continue;
    const error = Math.abs(actual[i] - expected[i]) / scale(expected[i], inputs[i]);
    if (!(error <= worst.error)) worst = { error, at: inputs[i], actual: actual[i], expected: expected[i] };
    if (Number.isNaN(error)) break;
  }
  return worst;
}
