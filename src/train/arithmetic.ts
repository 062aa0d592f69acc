// Functions that Math leaves to the engine's discretion, in arithmetic that rounds the same on every engine.

/** Terms of the Taylor series: the last one is below 2^-53 for angles up to pi / 4. */
const TERMS = 9;
/** pi / 2 as the sum of two numbers, the first of few bits: multiples of it up to 2^20 are exact (Cody and Waite). */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** Cosine of an angle of at most 10^6 radians, within 10^-10. */
export function cosine(angle: number): number {
  return sine(angle + Math.PI / 2);
}

/** Sine of an angle of at most 10^6 radians, within 10^-10. */
export function sine(angle: number): number {
  const quarters = Math.round(angle / (Math.PI / 2));
  const rest = angle - quarters * HALF_PI_HIGH - quarters * HALF_PI_LOW;
  const odd = quarters % 2 !== 0;
  let term = odd ? 1 : rest;
  let sum = term;
  for (let k = 1; k < TERMS; k++) {
    const n = odd ? 2 * k : 2 * k + 1;
    term *= (-rest * rest) / (n * (n - 1));
    sum += term;
  }
  return (quarters & 3) > 1 ? -sum : sum;
}

/** `base` to the power of `exponent`; powers with whole exponents are products, the same on every engine. */
export function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent) || exponent < 0) return base ** exponent;
  let result = 1;
  for (let factor = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), factor *= factor) {
    if (rest % 2 === 1) result *= factor;
  }
  return result;
}
