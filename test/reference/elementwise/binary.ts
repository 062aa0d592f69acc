// Functions of two numbers in float64, and of whole ones; tensors broadcast as NumPy does it.

export const binaryFunctions = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  min: (a: number, b: number) => Math.min(a, b),
  max: (a: number, b: number) => Math.max(a, b),
  pow: (a: number, b: number) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b),
  mod: (a: number, b: number) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b),
  remainder: (a: number, b: number) => a % b,
};

/** The same on integers, before they are cut to their type's bits; division by 0 gives 0. */
export const integerFunctions: Record<keyof typeof binaryFunctions, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  pow: (a, b) => (b >= 0n ? a ** b : a === 1n ? 1n : a === -1n ? (b % 2n === 0n ? 1n : -1n) : 0n),
  mod: (a, b) => (b === 0n ? 0n : ((a % b) + b) % b),
  remainder: (a, b) => (b === 0n ? 0n : a % b),
};

/** Elements of `shape`, of rank `shape.length`, read from `data` of the same rank whose extents are those or 1. */
export function broadcast(data: ArrayLike<number>, from: readonly number[], shape: readonly number[]): number[] {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const result: number[] = [];
  for (let i = 0; i < count; i++) {
    let rest = i;
    let index = 0;
    let step = 1;
    for (let d = shape.length - 1; d >= 0; d--) {
      const position = rest % shape[d];
      rest = (rest - position) / shape[d];
      if (from[d] !== 1) index += position * step;
      step *= from[d];
    }
    result.push(data[index]);
  }
  return result;
}
