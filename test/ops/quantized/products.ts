// Random integers, and cases of products of integers against plain loops.

import { sizeOf } from '../../../src/shape.js';
import { newArray, Tensor, tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';
import { convolution, convolutionShape } from '../../reference/convolution/conv.js';
import { type EightBit, requantize } from '../../reference/quantized/quantized.js';
import { checkOperator } from '../check.js';
import { exact } from '../values.js';
import { type ConvolutionCase, threeAxes } from '../windows.js';

/** Every value of the type, also its ends. */
export function random<D extends EightBit>(dtype: D, shape: readonly number[], seed: number): Tensor<D> {
  const data = newArray(dtype, sizeOf(shape));
  const low = dtype === 'int8' ? -128 : 0;
  randomFloats(seed)(data.length).forEach((value, i) => {
    data[i] = Math.max(low, Math.min(low + 255, low + Math.floor((value + 1.1) * 128)));
  });
  return new Tensor(dtype, shape, data);
}

export const floats = (shape: readonly number[], low: number, high: number, seed = 3): Tensor<'float32'> =>
  tensor(
    randomFloats(seed)(sizeOf(shape)).map((value) => low + ((value + 1) / 2) * (high - low)),
    shape,
  );

export interface ProductCase {
  readonly types: readonly [EightBit, EightBit];
  /** Zeros of the weights: none, one, or one a filter. */
  readonly zeros: 'none' | 'one' | 'each';
  /** Multipliers back to this type: one, or one a filter. */
  readonly result?: { readonly dtype: EightBit; readonly perFilter: boolean };
}

/** The optional inputs of a product with `filters` columns, and what they make of a sum of column `f`. */
export function optionalInputs({ types, zeros, result }: ProductCase, filters: number, bias: boolean) {
  const inputZero = zeros === 'none' ? undefined : random(types[0], [1], 5);
  const weightZero = zeros === 'none' ? undefined : random(types[1], zeros === 'one' ? [] : [filters], 6);
  const added = bias
    ? tensor(
        Int32Array.from(randomFloats(8)(filters), (value) => Math.round(value * 1000)),
        [filters],
      )
    : undefined;
  const multiplier = result && floats(result.perFilter ? [filters] : [], 0.0005, 0.002, 7);
  const outputZero = result && random(result.dtype, [], 8);
  const finish = (sum: number, f: number) =>
    result ? requantize(sum, multiplier!.data[result.perFilter ? f : 0], outputZero!.data[0], result.dtype) : sum;
  const list = [inputZero, weightZero, added, multiplier, outputZero];
  while (list.length > 0 && !list.at(-1)) list.pop();
  return { list, inputZero: inputZero?.data[0] ?? 0, weightZero, bias: added, finish };
}

export function checkConv(test: ConvolutionCase & ProductCase, bias: boolean): void {
  const { kernel, groups = 1, strides, dilations, padding } = test;
  const rank = kernel.length;
  const channels = test.x.at(-1)!;
  const x = random(test.types[0], test.x, 1);
  const w = random(test.types[1], [test.filters, channels / groups, ...kernel], 2);
  const more = optionalInputs(test, test.filters, bias);
  const options = {
    strides: threeAxes(strides, 1),
    dilations: threeAxes(dilations, 1),
    groups,
    paddingBefore: threeAxes(padding?.slice(0, rank), 0),
    paddingAfter: threeAxes(padding?.slice(rank), 0),
  };
  const x5 = [test.x[0], ...threeAxes(test.x.slice(1, -1), 1), channels];
  const w5 = [test.filters, channels / groups, ...threeAxes(kernel, 1)];
  const y5 = convolutionShape(x5, w5, options);
  const shape = [y5[0], ...y5.slice(4 - rank, 4), y5[4]];
  const taken = more.weightZero?.data ?? [0];
  const taps = w.size / test.filters;
  const weights = Array.from(w.data, (value, i) => value - taken[taken.length > 1 ? Math.floor(i / taps) : 0]);
  const inputs = Array.from(x.data, (value) => value - more.inputZero);
  const sums = convolution(inputs, x5, weights, w5, more.bias?.data ?? null, options);
  const values = Array.from(sums, (sum, i) => more.finish(sum, i % test.filters));
  checkOperator({
    op: 'convInteger',
    attributes: { strides, dilations, padding, groups },
    inputs: [x, w, ...more.list],
    expected: exact(shape, values),
  });
}

export const products: ProductCase[] = [
  { types: ['uint8', 'uint8'], zeros: 'none' },
  { types: ['uint8', 'int8'], zeros: 'one' },
  { types: ['int8', 'int8'], zeros: 'each', result: { dtype: 'int8', perFilter: true } },
  { types: ['uint8', 'uint8'], zeros: 'each', result: { dtype: 'uint8', perFilter: false } },
  { types: ['int8', 'uint8'], zeros: 'none', result: { dtype: 'uint8', perFilter: true } },
];
