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

/** ln 2 as the sum of two numbers, the first of few bits: multiples of it up to 2^20 are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** e to the power of `x`, within a relative 10^-14 for |x| up to 700. */
export function exponentialOf(x: number): number {
  const doublings = Math.round(x / Math.LN2);
  const rest = x - doublings * LN2_HIGH - doublings * LN2_LOW;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 16; k++) {
    term *= rest / k;
    sum += term;
  }
  return doublings < 0 ? sum / power(2, -doublings) : sum * power(2, doublings);
}

/** Natural logarithm of a number above 0, within 10^-14 of its size and of 1. */
export function logarithmOf(x: number): number {
  let halvings = 0;
  for (; x > Math.SQRT2; x /= 2) halvings++;
  for (; x < Math.SQRT1_2; x *= 2) halvings--;
  // log x = 2 artanh((x - 1) / (x + 1))
  const ratio = (x - 1) / (x + 1);
  let term = ratio;
  let sum = 0;
  for (let k = 1; k < 40; k += 2) {
    sum += term / k;
    term *= ratio * ratio;
  }
  return 2 * sum + halvings * Math.LN2;
}

/** `base` (0 or more) to the power of `exponent`. */
export function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent) || exponent < 0) return base === 0 ? 0 : exponentialOf(exponent * logarithmOf(base));
  let result = 1;
  for (let factor = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), factor *= factor) {
    if (rest % 2 === 1) result *= factor;
  }
  return result;
}
