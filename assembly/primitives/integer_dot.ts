// Dot products of 8-bit integers in one instruction, where the engine has it: what it computes is not the same on all CPUs.

/** sum + the products of four neighbouring bytes, in each of four lanes; those of `a` are signed. Only in the relaxed binary. */
// @ts-ignore: decorator
@inline
export function dotBytes(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, sum);
  return sum;
}

/** What dotBytes takes the bytes of `b` for: nothing that is exact, unsigned ones, signed ones. */
export const enum ByteDots {
  none,
  unsigned,
  signed,
}

/** Three products at the ends of the ranges: where pairs of them saturate, or bytes are mistaken, one of them shows it. */
export function byteDots(): ByteDots {
  if (!ASC_FEATURE_RELAXED_SIMD) return ByteDots.none;
  // Through memory, so that no compiler computes them.
  const operands = memory.data<u8>([100, 200, 128, 255, 128, 128]);
  let ofUnsigned = true,
    ofSigned = true;
  for (let at = operands; at < operands + 6; at += 2) {
    const a = load<i8>(at);
    const sum = i32x4.extract_lane(dotBytes(v128.load8_splat(at), v128.load8_splat(at, 1), i32x4.splat(0)), 0);
    if (sum != 4 * <i32>a * load<u8>(at, 1)) ofUnsigned = false;
    if (sum != 4 * <i32>a * load<i8>(at, 1)) ofSigned = false;
  }
  return ofUnsigned ? ByteDots.unsigned : ofSigned ? ByteDots.signed : ByteDots.none;
}
