// Functions of one number, in float64.

// Elementwise arithmetic in float64 over dense row-major tensors, with broadcasting as NumPy does it.

/** Nearest integer, halves to the even one. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const above = x - floor;
  if (above !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Functions of one number; erf is among the activations. */
export const unaryFunctions = {
  abs: Math.abs,
  neg: (x: number) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  reciprocal: (x: number) => 1 / x,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfToEven,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
};
