// Inputs of normalisations, and how far their results may be off.

import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';

const floats = randomFloats(11);

/** Off centre, so that sums of squares without the mean would lose digits. */
export const make = (shape: readonly number[], mean = 0): Tensor<'float32'> =>
  tensor(
    floats(sizeOf(shape)).map((value) => value + mean),
    shape,
  );

/** Results of size 1 from inputs of size 4 whose mean and deviation are rounded. */
export const bound = (values: readonly number[]) => ({
  magnitude: values.map((value) => 4 + Math.abs(value)),
  roundings: 40,
});
