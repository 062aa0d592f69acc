import { describe, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { alongLines, extremePlace } from '../../reference/reduction/order.js';
import { checkOperator } from '../check.js';
import { elements, LINES, TYPES, ties } from '../lines.js';
import { exact } from '../values.js';

it('the first NaN is the greatest and the least, the last one where the last counts', () => {
  const x = tensor([3, Number.NaN, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], [1, 6, 1]);
  for (const op of ['argMax', 'argMin']) {
    for (const last of [false, true]) {
      checkOperator({ op, attributes: { axis: 1, last }, inputs: [x], expected: exact([1, 1, 1], [last ? 3n : 1n]) });
    }
  }
});

describe.each(TYPES)('argMax and argMin of %s', (dtype) => {
  it.each(LINES)('along the axis of [%i, %i, %i]', (...shape) => {
    const x = ties(dtype, shape);
    for (const [op, largest] of [
      ['argMax', true],
      ['argMin', false],
    ] as const) {
      for (const last of [false, true]) {
        const places = alongLines(elements(x), shape, 1, (line) => [BigInt(extremePlace(line, largest, last))]);
        const attributes = { axis: -2, last, keepDims: shape[0] > 1 };
        const kept = shape[0] > 1 ? [shape[0], 1, shape[2]] : [shape[0], shape[2]];
        checkOperator({ op, attributes, inputs: [x], expected: exact(kept, places) });
      }
    }
  });
});
