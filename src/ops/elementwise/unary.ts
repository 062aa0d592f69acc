// Element-wise functions of one tensor, other than activations.

import { QuadlaneError } from '../../errors.js';
import { Binary, ElementType, Unary } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { sameRank } from '../lowering/partialShapes.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { collapse, temporaryLike } from '../lowering/strided.js';
import { MAX_EVALUATED, numbersOf, tensorOf } from '../lowering/values.js';
import type { Differentiation, GradientRule, Lowering, Operator, View } from '../operator.js';
import { operands } from './binary.js';

export interface UnaryAttributes {
  /** An entry of `Unary`. */
  readonly operation: string;
  readonly [name: string]: string;
}

/** Functions that shape arithmetic uses on integers. */
const onIntegers: Record<string, (x: number) => number> = {
  abs: Math.abs,
  neg: (x) => -x,
  sign: Math.sign,
  floor: (x) => x,
  ceil: (x) => x,
  round: (x) => x,
};

/** Where there is no derivative, as PyTorch has it: 0 at the corner of |x|. */
const unaryGradient: GradientRule = (build) => {
  const [x] = build.inputs;
  const slope = ofUnary[build.attributes.operation as string];
  if (!slope) return [undefined];
  return [slope(build, x, build.gradient(), build.output())];
};

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Gradients by gy, x and y; functions that aren't here are flat wherever they have a derivative. */
const ofUnary: Record<string, (build: Differentiation, x: string, gy: string, y: string) => string> = {
  abs: (build, x, gy) => build.binary('mul', gy, build.unary('sign', x)),
  neg: (build, _, gy) => build.unary('neg', gy),
  exp: (build, _, gy, y) => build.binary('mul', gy, y),
  log: (build, x, gy) => build.binary('div', gy, x),
  sqrt: (build, _, gy, y) => build.binary('div', build.binary('mul', gy, build.scalar(0.5)), y),
  reciprocal: (build, _, gy, y) => build.unary('neg', build.binary('mul', gy, build.binary('mul', y, y))),
  erf(build, x, gy) {
    const bell = build.unary('exp', build.unary('neg', build.binary('mul', x, x)));
    return build.binary('mul', gy, build.binary('mul', bell, build.scalar(TWO_OVER_SQRT_PI)));
  },
  sin: (build, x, gy) => build.binary('mul', gy, build.unary('cos', x)),
  cos: (build, x, gy) => build.unary('neg', build.binary('mul', gy, build.unary('sin', x))),
};

export const unary: Operator<UnaryAttributes> = {
  name: 'unary',
  partialShapes: sameRank,
  gradient: unaryGradient,

  infer([input], { operation }) {
    entryOf(Unary, operation, 'unary operation');
    const { dtype } = input!;
    if (dtype !== 'float32' && !(operation in onIntegers)) {
      throw new QuadlaneError('UNSUPPORTED', `${operation} runs on float32, not ${dtype}: cast its inputs to float32`);
    }
    return [input!];
  },

  evaluate([input], { operation }, [output]) {
    const rule = onIntegers[operation];
    if (!input || !rule || input.dtype === 'float32' || input.size > MAX_EVALUATED) return undefined;
    return [tensorOf(output.dtype, output.shape, numbersOf(input).map(rule))];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, { operation }) {
    const [input, output] = [lowering.input(0), lowering.output()];
    if (input.dtype !== 'float32') {
      lowerIntegers(lowering, operation, input, output);
      return;
    }
    const { extents, strides } = collapse(output.shape, [input.strides, output.strides]);
    lowering.step('f32_unary', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      operation: Unary[operation as keyof typeof Unary],
    });
  },
};

/** -x is 0 - x, |x| the greater of x and -x, the sign what is left between -1 and 1; whole numbers are round. */
function lowerIntegers(lowering: Lowering, operation: string, input: View, output: View): void {
  const type = ElementType[input.dtype];
  const constant = (value: number): View => {
    return { dtype: input.dtype, shape: [], pointer: lowering.table([value, value >> 31]), strides: [], halo: [] };
  };
  const step = (name: keyof typeof Binary, left: View, right: View, to: View) =>
    lowering.step('integer_binary', {
      ...operands(lowering, left, right, to),
      operation: Binary[name],
      type,
      rightType: type,
    });
  if (operation === 'neg') {
    step('sub', constant(0), input, output);
  } else if (operation === 'abs' && !isUnsigned(input)) {
    const negative = temporaryLike(lowering, output, output.dtype);
    step('sub', constant(0), input, negative);
    step('max', input, negative, output);
  } else if (operation === 'sign') {
    const least = temporaryLike(lowering, output, output.dtype);
    step('max', input, constant(isUnsigned(input) ? 0 : -1), least);
    step('min', least, constant(1), output);
  } else {
    lowering.copy(output.shape, input, output);
  }
}

function isUnsigned({ dtype }: View): boolean {
  return dtype === 'uint8' || dtype === 'bool';
}
