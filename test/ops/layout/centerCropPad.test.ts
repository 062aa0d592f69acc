import { describe, expect, it } from 'vitest';
import { elementAt, fromIndices } from '../../reference/elements.js';
import { codeOfTypes } from '../applied.js';
import { checkOperator } from '../check.js';
import { floatType, random } from '../values.js';

describe('centerCropPad, exact', () => {
  it.each([
    { extents: [3, 9, 4], axes: undefined },
    { extents: [8, 2], axes: [0, -1] },
  ])('%o', ({ extents, axes }) => {
    const shape = [5, 4, 5];
    const x = random(shape);
    const wanted = [...shape];
    (axes ?? [0, 1, 2]).forEach((axis, i) => {
      wanted[(axis + 3) % 3] = extents[i];
    });
    const elements = { shape, values: [...x.data] };
    const expected = fromIndices(wanted, (index) => {
      const from = index.map((i, axis) => {
        const surplus = shape[axis] - wanted[axis];
        return i + (surplus > 0 ? Math.floor(surplus / 2) : -Math.floor(-surplus / 2));
      });
      return from.every((i, axis) => i >= 0 && i < shape[axis]) ? elementAt(elements, from) : 0;
    });
    checkOperator({
      op: 'centerCropPad',
      inputs: [x],
      attributes: { extents, axes },
      expected: { ...expected, roundings: 0 },
    });
  });

  it('refuses lists that do not fit', () => {
    expect(codeOfTypes('centerCropPad', [floatType(4, 4)], { extents: [2] })).toBe('SHAPE');
    expect(codeOfTypes('centerCropPad', [floatType(4, 4)], { extents: [2, -1] })).toBe('SHAPE');
    expect(codeOfTypes('centerCropPad', [floatType(4, 4)], { extents: [2, 2], axes: [1, -1] })).toBe('SHAPE');
  });
});
