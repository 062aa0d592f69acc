// Counts and figures of classifications, against sums written out here.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/tensor.js';
import { Classification, indexOfGreatest } from '../../src/train/metrics.js';

const scores = tensor(
  [
    [0.1, 0.7, 0.2],
    [0.9, 0.05, 0.05],
    [0.2, 0.3, 0.5],
    [0.4, 0.4, 0.2],
  ].flat(),
  [4, 3],
);

describe('Classification', () => {
  it('counts what was taken for what, and the first of equal scores', () => {
    const result = new Classification(3, { k: 2, names: ['cat', 'dog', 'owl'] });
    result.add(scores, [1, 0, 1, 1]);
    expect([...result.counts]).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 0]);
    expect(result.accuracy).toBe(0.5);
    expect(result.topK).toBe(1);
    expect(result.perClass).toEqual([
      { name: 'cat', precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
      { name: 'dog', precision: 1, recall: 1 / 3, f1: 0.5, support: 3 },
      { name: 'owl', precision: 0, recall: Number.NaN, f1: 0, support: 0 },
    ]);
    const lines = String(result).split('\n');
    expect(lines[0]).toMatch(/^ +cat +dog +owl +recall$/);
    expect(lines[2]).toMatch(/^ +dog +1 +1 +1 +33\.3 %$/);
    expect(lines[3]).toMatch(/^ +owl +\. +\. +\. +-$/);
    expect(lines[4]).toMatch(/^precision +50\.0 % +100\.0 % +0\.0 % +50\.0 %$/);
  });

  it('is the same for one batch and for many', () => {
    const example = fc.tuple(fc.array(fc.float({ noNaN: true }), { minLength: 4, maxLength: 4 }), fc.nat(3));
    fc.assert(
      fc.property(fc.array(example, { minLength: 1, maxLength: 20 }), (examples) => {
        const [whole, parts] = [new Classification(4, { k: 2 }), new Classification(4, { k: 2 })];
        whole.add(
          tensor(Float32Array.from(examples.flatMap(([row]) => row)), [examples.length, 4]),
          examples.map(([, label]) => label),
        );
        for (const [row, label] of examples) parts.add(tensor(Float32Array.from(row), [1, 4]), [label]);
        expect(parts.counts).toEqual(whole.counts);
        expect(parts.topK).toBe(whole.topK);
        const right = examples.filter(([row, label]) => indexOfGreatest(Float32Array.from(row)) === label).length;
        expect(whole.accuracy).toBeCloseTo(right / examples.length, 12);
      }),
    );
  });

  it('refuses labels that are no class and scores of another shape', () => {
    const result = new Classification(3);
    expect(() => result.add(scores, [0, 1, 3, 0])).toThrow('label 2 is 3, but there are 3 classes');
    expect(() => result.add(scores, [0, 1, 2])).toThrow('[3, 3], not [4, 3]');
    expect(result.total).toBe(0);
  });

  it('takes no NaN for a prediction while there is a number', () => {
    expect(indexOfGreatest([Number.NaN, -1, 2, Number.NaN])).toBe(2);
    expect(indexOfGreatest([3, Number.NaN])).toBe(0);
  });
});
