// Half precision as its definition reads.

/** Bits of all halves. */
export const everyHalf: readonly number[] = Array.from({ length: 65_536 }, (_, bits) => bits);

export function isNaNHalf(bits: number): boolean {
  return (bits & 0x7fff) > 0x7c00;
}

/** 1 sign bit, 5 of exponent, 10 of fraction. */
export function valueOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
