// Element-wise arithmetic of two tensors that broadcast, with an activation fused behind it.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, product } from '../../shape.js';
import { Binary, ElementType } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { indicator, sumTo } from '../lowering/gradientShapes.js';
import { broadcastPartial } from '../lowering/partialShapes.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { broadcastStrides, castInto, castTo, collapse, temporaryLike } from '../lowering/strided.js';
import { broadcastNumbers, MAX_EVALUATED, tensorOf } from '../lowering/values.js';
import type { Differentiation, GradientRule, Lowering, Operator, View } from '../operator.js';

export interface BinaryAttributes extends Activated {
  /** An entry of `Binary`. */
  readonly operation: string;
}

/** The same on integers, for shape arithmetic; division truncates as ONNX's does. */
const onIntegers: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => Math.trunc(a / b),
  min: Math.min,
  max: Math.max,
  pow: (a, b) => Math.trunc(a ** b),
  mod: (a, b) => a - b * Math.floor(a / b),
  remainder: (a, b) => a % b,
};

/** Where there is no derivative, as PyTorch has it: half of the gradient to each of two equal extremes. */
const binaryGradient: GradientRule = (build) => {
  const [left, right] = build.inputs;
  const rule = ofBinary[build.attributes.operation as string];
  const gradients = rule(build, left, right, build.gradient(), build.output());
  return gradients.map((gradient, index) => {
    if (!build.wants(index)) return undefined;
    return sumTo(build, gradient(), build.type(build.inputs[index]).shape);
  });
};

type Lazily = () => string;
type BinaryRule = (build: Differentiation, a: string, b: string, gy: string, y: string) => readonly [Lazily, Lazily];

const ofBinary: Record<string, BinaryRule> = {
  add: (_, _a, _b, gy) => [() => gy, () => gy],
  sub: (build, _a, _b, gy) => [() => gy, () => build.unary('neg', gy)],
  mul: (build, a, b, gy) => [() => build.binary('mul', gy, b), () => build.binary('mul', gy, a)],
  div: (build, _, b, gy, y) => [
    () => build.binary('div', gy, b),
    () => build.unary('neg', build.binary('div', build.binary('mul', gy, y), b)),
  ],
  min: (build, a, b, gy) => extreme(build, 'less', a, b, gy),
  max: (build, a, b, gy) => extreme(build, 'greater', a, b, gy),
  pow: (build, a, b, gy, y) => [
    () => {
      const zero = build.scalar(0);
      const slope = build.binary('mul', b, build.binary('pow', a, build.binary('sub', b, build.scalar(1))));
      const constant = build.apply('compare', [b, zero], { operation: 'equal' });
      return build.binary('mul', gy, build.apply('where', [constant, zero, slope], {}));
    },
    () => {
      const zero = build.scalar(0);
      const slope = build.binary('mul', y, build.unary('log', a));
      const flat = build.apply('compare', [a, zero], { operation: 'equal' });
      return build.binary('mul', gy, build.apply('where', [flat, zero, slope], {}));
    },
  ],
  mod: quotient,
  remainder: quotient,
};

/** Of a - b q, where the whole number q doesn't move. */
function quotient(build: Differentiation, a: string, b: string, gy: string, y: string) {
  const whole = () => build.binary('div', build.binary('sub', y, a), b);
  return [() => gy, () => build.binary('mul', gy, whole())] as const;
}

/** All to the one that the comparison holds for, half to each of equals. */
function extreme(build: Differentiation, operation: string, a: string, b: string, gy: string) {
  const share = (one: string, other: string) => {
    const half = build.binary('mul', indicator(build, 'equal', one, other), build.scalar(0.5));
    return build.binary('mul', gy, build.binary('add', indicator(build, operation, one, other), half));
  };
  return [() => share(a, b), () => share(b, a)] as const;
}

export const binary: Operator<BinaryAttributes> = {
  name: 'binary',
  needs: 2,
  partialShapes: broadcastPartial,
  gradient: binaryGradient,
  fusesActivation: true,

  infer([left, right], { operation }) {
    entryOf(Binary, operation, 'binary operation');
    if (left!.dtype !== right!.dtype && operation !== 'pow') {
      throw new QuadlaneError(
        'SHAPE',
        `${operation} takes two tensors of one type, not ${left!.dtype} and ${right!.dtype}`,
      );
    }
    return [{ dtype: left!.dtype, shape: broadcastShapes(left!.shape, right!.shape) }];
  },

  evaluate([left, right], { operation }, [output]) {
    const small = product(output.shape) <= MAX_EVALUATED;
    if (!left || !right || left.dtype === 'float32' || !small) return undefined;
    const [a, b] = [broadcastNumbers(left, output.shape), broadcastNumbers(right, output.shape)];
    const rule = onIntegers[operation];
    if (['div', 'mod', 'remainder'].includes(operation) && b.includes(0))
      throw new QuadlaneError('SHAPE', 'division of integers by zero');
    return [
      tensorOf(
        output.dtype,
        output.shape,
        a.map((value, index) => rule(value, b[index])),
      ),
    ];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, attributes) {
    const [left, right, output] = [lowering.input(0), lowering.input(1), lowering.output()];
    if (left.dtype === 'float32') {
      lowerFloats(lowering, attributes, left, castTo(lowering, right, 'float32'), output);
    } else if (attributes.activation && attributes.activation !== 'none') {
      throw new QuadlaneError('UNSUPPORTED', `${attributes.activation} runs on float32, not ${left.dtype}`);
    } else if (right.dtype === 'float32') {
      const power = temporaryLike(lowering, output, 'float32');
      lowerFloats(lowering, attributes, castTo(lowering, left, 'float32'), right, power);
      castInto(lowering, power, output);
    } else {
      lowering.step('integer_binary', {
        ...operands(lowering, left, right, output),
        operation: Binary[attributes.operation as keyof typeof Binary],
        type: ElementType[left.dtype],
        rightType: ElementType[right.dtype],
      });
    }
  },
};

function lowerFloats(lowering: Lowering, attributes: BinaryAttributes, left: View, right: View, output: View): void {
  lowering.step('f32_binary', {
    ...operands(lowering, left, right, output),
    operation: Binary[attributes.operation as keyof typeof Binary],
    ...activationArguments(attributes),
  });
}

/** Where both are, and where the result goes; the first two broadcast. */
export function operands(lowering: Lowering, left: View, right: View, output: View) {
  const { extents, strides } = collapse(output.shape, [
    broadcastStrides(left, output.shape),
    broadcastStrides(right, output.shape),
    output.strides,
  ]);
  return {
    rank: extents.length,
    extents: lowering.table(extents),
    left: left.pointer,
    leftStrides: lowering.table(strides[0]),
    right: right.pointer,
    rightStrides: lowering.table(strides[1]),
    output: output.pointer,
    outputStrides: lowering.table(strides[2]),
  };
}
