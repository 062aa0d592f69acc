// Arithmetic of two integers, whatever their type was in memory.
import { Binary } from "./binary_arguments";

/** a operation b (a Binary), modulo 2^64; see integer_binary. */
export function integerArithmetic(operation: i32, a: i64, b: i64): i64 {
  switch (operation) {
    case Binary.add:
      return a + b;
    case Binary.sub:
      return a - b;
    case Binary.mul:
      return a * b;
    case Binary.min:
      return min(a, b);
    case Binary.max:
      return max(a, b);
    case Binary.pow:
      return power(a, b);
    case Binary.div:
      // The least integer has no opposite: its quotient by -1 is itself.
      return b == 0 ? 0 : b == -1 ? -a : a / b;
    default: {
      const rest = b == 0 || b == -1 ? 0 : a % b;
      return operation == Binary.mod && rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }
  }
}

function power(base: i64, exponent: i64): i64 {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? 1 - 2 * (exponent & 1) : 0;
  let result: i64 = 1;
  for (; exponent > 0; exponent >>= 1, base *= base) if (exponent & 1) result *= base;
  return result;
}
