import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { groupNorm } from '../../reference/normalization/groupNorm.js';
import { codeOfTypes } from '../applied.js';
import { checkOperator } from '../check.js';
import { floatType } from '../values.js';
import { bound, make } from './values.js';

describe('groupNorm, error within 40 roundings of 4 and the value', () => {
  it.each([
    ...[1, 3, 4, 5, 8, 13].map((channels) => ({ shape: [2, 3, 4, channels], groups: undefined, parameters: channels })),
    { shape: [1, 5, 6, 12], groups: 4, parameters: 12 },
    { shape: [2, 5, 6, 12], groups: 4, parameters: 4 },
    { shape: [2, 7, 10], groups: 5, parameters: 10 },
    { shape: [1, 2, 3, 4, 6], groups: 1, parameters: 6 },
    { shape: [3, 8], groups: 2, parameters: 8 },
  ])('%o', ({ shape, groups, parameters }) => {
    const [x, scale, shift] = [make(shape, 3), make([parameters]), make([parameters])];
    const channels = shape.at(-1)!;
    const pixels = sizeOf(shape.slice(1, -1));
    const values = groupNorm(x.data, [shape[0], pixels, channels], groups ?? channels, scale.data, shift.data, 1e-3);
    const expected = { shape, values, ...bound(values) };
    checkOperator({ op: 'groupNorm', inputs: [x, scale, shift], attributes: { groups, epsilon: 1e-3 }, expected });
  });

  it('takes channels on another axis', () => {
    const [x, scale, shift] = [make([2, 3, 5]), make([3]), make([3])];
    const moved = Array.from(
      { length: 30 },
      (_, i) => x.data[Math.floor(i / 15) * 15 + (i % 3) * 5 + (Math.floor(i / 3) % 5)],
    );
    const last = groupNorm(moved, [2, 5, 3], 3, scale.data, shift.data, 1e-5);
    const values = Array.from(
      { length: 30 },
      (_, i) => last[Math.floor(i / 15) * 15 + (i % 5) * 3 + (Math.floor(i / 5) % 3)],
    );
    const expected = { shape: [2, 3, 5], values, ...bound(values) };
    checkOperator({ op: 'groupNorm', inputs: [x, scale, shift], attributes: { channelAxis: 1 }, expected });
  });
});

it('groupNorm refuses parameters of other shapes', () => {
  expect(codeOfTypes('groupNorm', [floatType(2, 4), floatType(4), floatType(3)], {})).toBe('SHAPE');
  expect(codeOfTypes('groupNorm', [floatType(2, 4), floatType(4), floatType(4)], { groups: 3 })).toBe('SHAPE');
});
