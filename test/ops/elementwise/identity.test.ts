import { describe, expect, it } from 'vitest';
import { run } from '../applied.js';
import { counted } from '../values.js';

describe('identity', () => {
  it('keeps every type', () => {
    for (const dtype of ['float32', 'int32', 'int64', 'int8', 'uint8', 'bool'] as const) {
      expect(run('identity', [counted([2, 2], dtype)])[0]).toEqual([0, 1, 2, 3]);
    }
  });
});
