import { it } from 'vitest';
import { oneHot } from '../../reference/indexing/oneHot.js';
import { alongLines, extremePlace } from '../../reference/reduction/order.js';
import { checkOperator } from '../check.js';
import { elements, LINES, ties } from '../lines.js';
import { exact } from '../values.js';

it.each(LINES)('hardmax along the axis of [%i, %i, %i]', (...shape) => {
  const x = ties('float32', shape);
  const values = alongLines(elements(x), shape, shape[1], (line) =>
    oneHot(extremePlace(line, true, false), shape[1], 0, 1),
  );
  checkOperator({ op: 'hardmax', attributes: { axis: 1 }, inputs: [x], expected: exact(shape, values) });
});
