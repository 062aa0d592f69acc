// Converts elements to another type.

import { fromHalf } from '../../half.js';
import { type DType, elementOf, isFloat, newArray, Tensor } from '../../tensor.js';
import { sameShapeAs } from '../lowering/partialShapes.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { castInto } from '../lowering/strided.js';
import { MAX_EVALUATED, MAX_FLOATS } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface CastAttributes extends Attributes {
  /** The type of input 1 where there is none. */
  readonly to?: DType;
}

/** A number as an integer of `bits` bits: cut toward zero, the nearest bound outside them, 0 for NaN. */
function saturated(value: number, bits: 32 | 64): bigint {
  const bound = 2 ** (bits - 1);
  if (value >= bound) return 2n ** BigInt(bits - 1) - 1n;
  return value <= -bound ? -(2n ** BigInt(bits - 1)) : BigInt(Math.trunc(value || 0));
}

/** The kernel's rules, for one element that isn't a half's bits. */
function converted(value: number | bigint, to: DType): number | bigint {
  if (isFloat(to)) return elementOf(to, Number(value));
  // biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n are both false
  if (to === 'bool') return value == 0 ? 0 : 1;
  const whole = typeof value === 'bigint' ? value : saturated(value, to === 'int64' ? 64 : 32);
  return to === 'int64' ? whole : Number(BigInt.asIntN(32, whole));
}

/** Rounding to integers is flat; floats pass. */
const castGradient: GradientRule = ({ attributes, gradient }) => [
  isFloat(attributes.to as DType) ? gradient() : undefined,
];

/** Inputs: x and, where the attributes don't name a type, a tensor of the type that is wanted. */
export const cast: Operator<CastAttributes> = {
  name: 'cast',
  takesBits: () => true,
  outputType: ({ to }) => to,
  isIdentity: () => true,
  partialShapes: sameShapeAs,
  gradient: castGradient,

  typeInputs: [1],
  bake: (attributes, _, [, like]) => (like ? { to: like.dtype } : attributes),

  infer: ([input], { to }) => [{ dtype: to!, shape: input!.shape }],

  evaluate([input], _, [output]) {
    const to = output.dtype;
    if (!input || input.size > (isFloat(input.dtype) && isFloat(to) ? MAX_FLOATS : MAX_EVALUATED)) return undefined;
    const data = newArray(to, input.size);
    const isHalf = input.dtype === 'float16';
    for (let i = 0; i < input.size; i++) {
      const value = input.data[i];
      // Through a double, 64-bit integers would be rounded twice.
      if (to === 'float32' && typeof value === 'bigint' && !Number.isSafeInteger(Number(value))) return undefined;
      data[i] = converted(isHalf ? fromHalf(value as number) : value, to);
    }
    return [new Tensor(to, output.shape, data)];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering) {
    const [input, output] = [lowering.input(0), lowering.output()];
    if (input.dtype === output.dtype) {
      lowering.copy(output.shape, input, output);
      return;
    }
    castInto(lowering, input, output);
  },
};
