// Floats rounded to what 8-bit integers can stand for: what `dequantize` makes of what `quantize` makes of them, with a
// gradient, so that networks learn in the knowledge of their rounding.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sizeOf } from '../../shape.js';
import { reshaped, sumTo } from '../lowering/gradientShapes.js';
import { sameRank } from '../lowering/partialShapes.js';
import { denseView } from '../lowering/views.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';
import { affineStep } from './quantize.js';

export interface FakeQuantizeAttributes extends Attributes {
  /** The integers: 'int8' or 'uint8'. Default: 'uint8'. */
  readonly dtype?: 'int8' | 'uint8';
  /** The integer that stands for 0. Default: 0. */
  readonly zero?: number;
  /** The axis that a scale of shape `[C]` belongs to; absent where the scale has one element. */
  readonly axis?: number;
}

/** The least and the greatest integer, counted from the one that stands for 0. */
export function integerBounds({ dtype = 'uint8', zero = 0 }: FakeQuantizeAttributes): [low: number, high: number] {
  const low = dtype === 'int8' ? -128 : 0;
  return [low - zero, low + 255 - zero];
}

/** The shape in which the scale meets x. */
function scaleShape(x: readonly number[], { axis }: FakeQuantizeAttributes): number[] {
  if (axis === undefined) return [];
  const at = normalizeAxis(axis, x.length);
  return x.slice(at).map((extent, index) => (index === 0 ? extent : 1));
}

/**
 * The gradient passes through the rounding where x is in range, and the scale learns by the rounding's own derivative: with
 * q = x / scale, dy/dscale is round(q) - q inside the range and the bound outside, divided by sqrt(n * bound) for n elements
 * a scale, so that scales move at the pace of weights (Esser et al., Learned Step Size Quantization, 2020, eq. 3).
 */
const gradient: GradientRule = (build) => {
  const [x, scale] = build.inputs;
  const attributes = build.attributes as FakeQuantizeAttributes;
  const { shape } = build.type(x);
  const [low, high] = integerBounds(attributes);
  const step = reshaped(build, scale, scaleShape(shape, attributes));
  const quotient = build.binary('div', x, step);
  const ends = { activation: 'clip', alpha: low - 0.5, beta: high + 0.5 };
  const clipped = build.apply('activation', [quotient], ends);
  const passed = build.apply('activationGradient', [clipped, build.gradient()], { ...ends, of: 'output' });
  if (!build.wants(1)) return [passed, undefined];
  const wholes = build.binary('mul', build.gradient(), build.binary('div', build.output(), step));
  const slopes = build.binary('sub', wholes, build.binary('mul', passed, quotient));
  const count = sizeOf(shape) / sizeOf(build.type(scale).shape);
  const sums = reshaped(build, sumTo(build, slopes, build.type(step).shape), build.type(scale).shape);
  const pace = build.scalar(1 / Math.sqrt(count * Math.max(high, 1)));
  return [build.wants(0) ? passed : undefined, build.binary('mul', sums, pace)];
};

/** Inputs: x (float32), scale (one element, or one for each entry of `axis`). */
export const fakeQuantize: Operator<FakeQuantizeAttributes> = {
  name: 'fakeQuantize',
  needs: 2,
  gradient,
  partialShapes: sameRank,
  parameterInputs: [0, 1],
  float32: true,

  infer([x, scale], attributes) {
    const count = sizeOf(scaleShape(x!.shape, attributes));
    if (sizeOf(scale!.shape) !== count) {
      throw new QuadlaneError(
        'SHAPE',
        `fakeQuantize takes ${count} scale${count === 1 ? '' : 's'}, not ${formatShape(scale!.shape)}`,
      );
    }
    const { dtype = 'uint8', zero = 0 } = attributes;
    const [low, high] = dtype === 'int8' ? [-128, 127] : [0, 255];
    if ((dtype !== 'int8' && dtype !== 'uint8') || !Number.isInteger(zero) || zero < low || zero > high) {
      throw new QuadlaneError('SHAPE', `fakeQuantize takes a zero that ${dtype} has, int8 or uint8, not ${zero}`);
    }
    return [{ dtype: 'float32', shape: x!.shape }];
  },

  permute: (attributes, permutation) =>
    attributes.axis === undefined
      ? attributes
      : { ...attributes, axis: permutation.indexOf(normalizeAxis(attributes.axis, permutation.length)) },

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    if (sizeOf(output.shape) === 0) return;
    const { dtype = 'uint8', zero = 0 } = attributes;
    const factors = lowering.dense(1);
    const shape = scaleShape(output.shape, attributes);
    const scale = denseView(factors.pointer, { dtype: 'float32', shape });
    // The first byte of the table's one entry.
    const origin = denseView(lowering.table([zero]), { dtype, shape: [] });
    const integers = denseView(lowering.temporary(sizeOf(output.shape)), { dtype, shape: output.shape });
    affineStep(lowering, 'quantize', dtype, [input, scale, origin, integers], origin);
    affineStep(lowering, 'dequantize', dtype, [integers, scale, origin, output], origin);
  },
};
