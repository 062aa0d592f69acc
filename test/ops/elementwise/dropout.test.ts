import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { checkOperator } from '../check.js';
import { counted, exact } from '../values.js';

describe('dropout', () => {
  const x = counted([3, 4]);
  const check = (attributes: Attributes, ...inputs: Tensor[]) =>
    checkOperator({ op: 'dropout', attributes, inputs: [x, ...inputs], expected: exact(x.shape, x.data) });

  it('drops nothing at inference, and at ratio 0', () => {
    check({});
    check({}, tensor(0.3, []));
    check({}, tensor(0, []), tensor(Uint8Array.of(1), [], 'bool'));
  });

  it('refuses to drop', () => {
    expect(() => check({}, tensor(0.3, []), tensor(Uint8Array.of(1), [], 'bool'))).toThrow(/training mode/);
  });
});
