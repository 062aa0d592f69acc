// Nearest neighbours against all distances written out in float64.
import { beforeAll, describe, expect, it } from 'vitest';
import { ready } from '../../src/model/load.js';
import { tensor } from '../../src/tensor.js';
import { nearestNeighbours } from '../../src/train/neighbours.js';
import { Random } from '../../src/train/random.js';

beforeAll(ready);

/** Points around a centre for each label, and the labels. */
function clusters(count: number, features: number, classes: number, random: Random) {
  const labels = Array.from({ length: count }, (_, i) => i % classes);
  const data = Float32Array.from({ length: count * features }, (_, i) => {
    const label = labels[Math.floor(i / features)];
    return Math.cos(label * 7 + (i % features)) + random.uniform(-1.5, 1.5);
  });
  return { examples: tensor(data, [count, features]), labels };
}

/** The label of each query, by the definition. */
function reference(examples: Float32Array, labels: number[], queries: Float32Array, features: number, k: number) {
  return Array.from({ length: queries.length / features }, (_, query) => {
    const distances = labels.map((label, example) => {
      let sum = 0;
      for (let f = 0; f < features; f++) sum += (queries[query * features + f] - examples[example * features + f]) ** 2;
      return { label, sum };
    });
    const nearest = distances.sort((a, b) => a.sum - b.sum).slice(0, k);
    const votes = (label: number) => nearest.filter((one) => one.label === label).length;
    return nearest.reduce((best, one) => (votes(one.label) > votes(best.label) ? one : best)).label;
  });
}

describe('nearestNeighbours', () => {
  it.each([1, 3, 5, 8])('k = %i: the labels that all distances give', (k) => {
    const random = new Random(k);
    const { examples, labels } = clusters(211, 13, 5, random);
    const queries = clusters(97, 13, 5, random).examples;
    const expected = reference(examples.data as Float32Array, labels, queries.data as Float32Array, 13, k);
    const { data } = nearestNeighbours(examples, labels, { k }).predict(queries);
    expect([...data]).toEqual(expected);
    expect(new Set(expected).size).toBe(5);
  });

  it('takes examples of any shape', () => {
    const examples = tensor(Float32Array.of(0, 0, 0, 1, 1, 1, 5, 5, 5), [3, 1, 3]);
    const model = nearestNeighbours(examples, [7, 8, 9], { k: 1 });
    expect([...model.predict(tensor(Float32Array.of(0.9, 1.2, 1, 4, 4, 4), [2, 1, 3])).data]).toEqual([8, 9]);
  });

  it('refuses what does not go together', () => {
    const examples = tensor(new Float32Array(6), [2, 3]);
    expect(() => nearestNeighbours(examples, [1])).toThrow('N labels');
    expect(() => nearestNeighbours(examples, [1, 2], { k: 3 })).toThrow('from 1 to 2');
    expect(() => nearestNeighbours(tensor(new Float32Array(0), [0, 3]), [])).toThrow('at least one');
    expect(() => nearestNeighbours(examples, [1, 2], { k: 1 }).predict(tensor(new Float32Array(4), [2, 2]))).toThrow(
      '[M, 3]',
    );
  });
});
