import { describe, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { alongLines, cumulativeSums } from '../../reference/reduction/order.js';
import { checkOperator } from '../check.js';
import { elements, LINES, ties } from '../lines.js';
import { exact } from '../values.js';

describe.each(['float32', 'int32', 'int64'] as const)('cumSum of %s', (dtype) => {
  it.each(LINES)('along the axis of [%i, %i, %i]', (...shape) => {
    const x = ties(dtype, shape);
    for (const [exclusive, reverse] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const sums = alongLines(elements(x).map(Number), shape, shape[1], (line) =>
        cumulativeSums(line, exclusive, reverse),
      );
      const values = dtype === 'int64' ? sums.map(BigInt) : sums;
      const axis = tensor(Int32Array.of(1), []);
      checkOperator({
        op: 'cumSum',
        attributes: { exclusive, reverse },
        inputs: [x, axis],
        expected: exact(shape, values),
      });
    }
  });
});
