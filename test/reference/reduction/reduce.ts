// Reductions of a list of numbers in float64, by the names of the ONNX operators.

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const max = (values: readonly number[]) => values.reduce((best, x) => Math.max(best, x), Number.NEGATIVE_INFINITY);

function logSumExp(values: readonly number[]): number {
  const maximum = max(values);
  const shift = Number.isFinite(maximum) ? maximum : 0;
  return Math.log(sum(values.map((x) => Math.exp(x - shift)))) + shift;
}

export const reductions = {
  sum,
  mean: (values: readonly number[]) => sum(values) / values.length,
  max,
  min: (values: readonly number[]) => values.reduce((best, x) => Math.min(best, x), Number.POSITIVE_INFINITY),
  prod: (values: readonly number[]) => values.reduce((product, x) => product * x, 1),
  l1: (values: readonly number[]) => sum(values.map(Math.abs)),
  l2: (values: readonly number[]) => Math.sqrt(sum(values.map((x) => x * x))),
  sumSquare: (values: readonly number[]) => sum(values.map((x) => x * x)),
  logSum: (values: readonly number[]) => Math.log(sum(values)),
  logSumExp,
};
