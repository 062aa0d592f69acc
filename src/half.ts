// IEEE 754 half precision as bits: 1 sign bit, 5 of exponent, 10 of fraction. assembly/primitives/half.ts does the same.

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The number that the bits of a half stand for. */
export function fromHalf(bits: number): number {
  word[0] = (bits & 0x7fff) << 13;
  let size = float[0] * 2 ** 112;
  if (size >= 2 ** 16) size = bits & 0x3ff ? Number.NaN : Number.POSITIVE_INFINITY;
  return bits & 0x8000 ? -size : size;
}

/** The bits of the half nearest to `value`, ties to even; what rounds beyond 65504 is infinite, and NaN is 0x7e00. */
export function toHalf(value: number): number {
  const size = Math.abs(value);
  const sign = Object.is(value, size) ? 0 : 0x8000;
  if (!(size < 65520)) return sign | (size > 0 ? 0x7c00 : 0x7e00);
  // From the least exponent of normal halves on. Beside 2^(exponent + 42) a double's last bit is worth what a half's is here.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const grid = 2 ** (exponent + 42);
  return sign | (((exponent + 14) << 10) + (size + grid - grid) * 2 ** (10 - exponent));
}
