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

/** A 32-bit sum times a float32 multiplier, brought back to 8 bits. */
export function requantize(sum: number, multiplier: number, zero: number, dtype: EightBit): number {
  const [low, high] = bounds[dtype];
  const scaled = Math.fround(Math.fround(sum) * Math.fround(multiplier));
  return Math.max(low, Math.min(high, nearest(scaled) + zero));
}
