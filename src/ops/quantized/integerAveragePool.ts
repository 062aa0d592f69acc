// Means of 8-bit integers over windows, exact: sums in 32 bits, brought back to 8 bits by one factor.

import { QuadlaneError } from '../../errors.js';
import { sizeOf } from '../../shape.js';
import { ElementType } from '../kernels.generated.js';
import { spatialAxes } from '../lowering/views.js';
import type { Operator, View } from '../operator.js';
import { type AveragePoolAttributes, poolArguments, pooledShape, poolWindows } from '../pooling/pool.js';
import { type Requantized, resultBounds } from './integerProduct.js';

export interface IntegerAveragePoolAttributes extends AveragePoolAttributes, Requantized {
  /** Axes of space stay, which a window as large as the input makes one element. Default: true. */
  readonly keepDims?: boolean;
}

/**
 * Inputs: x (int8 or uint8, `[N, ...spatial, C]`), multiplier (float32, one element: the scale of x by that of the result), the
 * zero of the result, whose type is the result's, and optionally the zero of x. A mean is
 * round((sum - zero * cells) * (multiplier / cells)) + zero, halves to even.
 */
export const integerAveragePool: Operator<IntegerAveragePoolAttributes> = {
  name: 'integerAveragePool',
  outputType: (_, [, , zero]) => zero,
  needs: 3,
  gradient: 'is made of integers',

  infer([x, multiplier, zero, xZero], attributes) {
    const isEightBit = [x, zero].every((one) => one?.dtype === 'int8' || one?.dtype === 'uint8');
    const isSingle = [multiplier, zero, xZero].every((one) => !one || sizeOf(one.shape) === 1);
    if (!isEightBit || !isSingle || multiplier!.dtype !== 'float32' || (xZero && xZero.dtype !== x!.dtype)) {
      throw new QuadlaneError(
        'SHAPE',
        'integerAveragePool takes int8 or uint8, a float32 multiplier, a zero of the result and one of its own type, each of one element',
      );
    }
    const shape = pooledShape(x!, attributes);
    const isWhole = sizeOf(shape.slice(1, -1)) === 1;
    if (attributes.keepDims === false && !isWhole) {
      throw new QuadlaneError(
        'SHAPE',
        'integerAveragePool leaves out axes of one element only: its windows are smaller',
      );
    }
    return [{ dtype: zero!.dtype, shape: attributes.keepDims === false ? [shape[0], shape.at(-1)!] : shape }];
  },

  windows: ([x], attributes) => poolWindows(x!, attributes),

  lower(lowering, attributes) {
    const input = lowering.input(0);
    const output = withSpace(lowering.output(), input.shape.length);
    const windows = poolWindows(input, attributes);
    const [paddingBehindPlanes, paddingBehindRows, paddingBehindColumns] = spatialAxes(
      windows.padding.slice(windows.kernelShape.length),
      0,
    );
    const { low, high } = resultBounds(output.dtype, attributes);
    lowering.step('integer_average_pool', {
      ...poolArguments(input, output, windows),
      countsPadding: attributes.includePadding ? 1 : 0,
      paddingBehindPlanes,
      paddingBehindRows,
      paddingBehindColumns,
      multiplier: lowering.dense(1).pointer,
      inputZero: lowering.has(3) ? lowering.dense(3).pointer : 0,
      outputZero: lowering.dense(2).pointer,
      inputType: ElementType[input.dtype as 'int8'],
      outputType: ElementType[output.dtype as 'int8'],
      low,
      high,
    });
  },

  cost: ([x]) => sizeOf(x!.shape),
};

/** `view` with the axes of space that it leaves out. */
function withSpace(view: View, rank: number): View {
  const missing = rank - view.shape.length;
  if (missing === 0) return view;
  const put = (list: readonly number[], value: number) => [list[0], ...new Array<number>(missing).fill(value), list[1]];
  return { ...view, shape: put(view.shape, 1), strides: put(view.strides, 0) };
}
