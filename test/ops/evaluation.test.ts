import { describe, expect, it } from 'vitest';
import { everything } from '../graph/everything.js';
import { counted } from './values.js';

describe('evaluation when compiling', () => {
  it('leaves large tensors to the kernels', () => {
    const large = { dtype: 'float32', shape: [257, 256] } as const;
    expect(everything.operators.constantOfShape.evaluate!([], { shape: [257, 256] }, [large], [])).toBeUndefined();
    expect(everything.operators.transpose.evaluate!([counted([257, 256])], {}, [large], [])).toBeUndefined();
  });

  it('wait for values that are not known', () => {
    const type = { dtype: 'float32', shape: [2] } as const;
    for (const op of ['transpose', 'concat', 'cast', 'where', 'gather', 'reshape', 'identity']) {
      expect(
        everything.operators[op].evaluate!([undefined, undefined, undefined], { axis: 0, to: 'bool' }, [type], [type]),
        op,
      ).toBeUndefined();
    }
  });
});
