// 8-bit integers for floats: value = (integer - zero) * scale.

export type EightBit = 'int8' | 'uint8';

const bounds = { int8: [-128, 127], uint8: [0, 255] } as const;

/** Nearest integer, halves to the even one. */
function nearest(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (Math.abs(floor) % 2) : Math.round(x);
}

/** The integer of `dtype` nearest to a value; the quotient is a float32, as ONNX has it. */
export function quantize(value: number, scale: number, zero: number, dtype: EightBit): number {
  const [low, high] = bounds[dtype];
  const whole = nearest(Math.fround(value / scale)) + zero;
  return Number.isNaN(whole) ? Math.max(low, 0) : Math.max(low, Math.min(high, whole));
}

export function dequantize(whole: number, scale: number, zero: number): number {
  return (whole - zero) * scale;
}

/** What becomes of results half-way between two integers: the even one, the greater one, the one farther from 0. */
export type Rounding = 'even' | 'up' | 'away';

/** A 32-bit sum times a float32 multiplier, brought back to 8 bits. */
export function requantize(
  sum: number,
  multiplier: number,
  zero: number,
  dtype: EightBit,
  rounding: Rounding = 'even',
): number {
  const [low, high] = bounds[dtype];
  const scaled = Math.fround(Math.fround(sum) * Math.fround(multiplier));
  let whole = nearest(scaled);
  if (rounding === 'up') whole = Math.floor(scaled + 0.5);
  if (rounding === 'away') whole = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  return Math.max(low, Math.min(high, whole + zero));
}

/** The sum or product of two numbers that integers stand for, as an integer; everything is rounded to float32. */
export function quantizedBinary(
  operation: 'add' | 'sub' | 'mul',
  [a, aScale, aZero]: readonly [number, number, number],
  [b, bScale, bZero]: readonly [number, number, number],
  scale: number,
  zero: number,
  dtype: EightBit,
): number {
  const left = Math.fround(dequantize(a, aScale, aZero));
  const right = Math.fround(dequantize(b, bScale, bZero));
  const result = operation === 'add' ? left + right : operation === 'sub' ? left - right : left * right;
  return quantize(Math.fround(result), scale, zero, dtype);
}

/** The mean of `cells`, integers of one scale, as an integer of another; `count` of them, padding among them, share the sum. */
export function integerAveragePool(
  cells: readonly number[],
  cellZero: number,
  count: number,
  multiplier: number,
  zero: number,
  dtype: EightBit,
): number {
  const sum = cells.reduce((total, cell) => total + cell - cellZero, 0);
  return requantize(sum, Math.fround(Math.fround(multiplier) / Math.max(count, 1)), zero, dtype);
}

/** A 32-bit sum as a float, rounded behind the product and behind the sum. */
export function scaleSums(sum: number, scale: number, bias: number): number {
  return Math.fround(Math.fround(Math.fround(sum) * scale) + bias);
}

/** The scale and zero of floats between extremes. */
export function dynamicAffine(values: readonly number[]): { scale: number; zero: number } {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const range = Math.fround(high - low);
  const scale = range === 0 ? 1 : Math.fround(range / 255);
  return { scale, zero: quantize(-low, scale, 0, 'uint8') };
}
