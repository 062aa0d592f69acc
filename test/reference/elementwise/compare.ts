// Comparisons of two numbers.

export const comparisons = {
  less: (a: number, b: number) => (a < b ? 1 : 0),
  greater: (a: number, b: number) => (a > b ? 1 : 0),
  equal: (a: number, b: number) => (a === b ? 1 : 0),
  lessOrEqual: (a: number, b: number) => (a <= b ? 1 : 0),
  greaterOrEqual: (a: number, b: number) => (a >= b ? 1 : 0),
};
