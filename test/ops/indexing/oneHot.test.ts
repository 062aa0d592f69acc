import { describe, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { oneHot } from '../../reference/indexing/oneHot.js';
import { checkOperator } from '../check.js';
import { exact } from '../values.js';

describe('oneHot', () => {
  const indices = [0, 5, -1, -6, 3, 6, -7, 2];
  const expected = indices.map((index) => oneHot(index, 6, -3, 7));
  const values = tensor(Float32Array.of(-3, 7));
  const depth = tensor(Float32Array.of(6), []);

  it.each([
    ['float32', tensor(Float32Array.from(indices), [2, 4])],
    ['int32', tensor(Int32Array.from(indices), [2, 4])],
    ['int64', tensor(BigInt64Array.from(indices, BigInt), [2, 4])],
  ])('of %s indices, on any axis', (_, x) => {
    checkOperator({ op: 'oneHot', inputs: [x, values, depth], expected: exact([2, 4, 6], expected.flat()) });
    const front = Array.from({ length: 6 }, (_, place) => expected.map((vector) => vector[place]));
    checkOperator({
      op: 'oneHot',
      attributes: { axis: 0 },
      inputs: [x, values, depth],
      expected: exact([6, 2, 4], front.flat()),
    });
  });
});
