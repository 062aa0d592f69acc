import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { softmax } from '../../reference/normalization/softmax.js';
import { checkOperator, compiled, runWatched } from '../check.js';
import { atLeastOne, EDGES, random } from '../values.js';

describe('softmax, error within 16 roundings of max(1, |y|)', () => {
  const cases = [...EDGES.map((extent) => [3, extent]), ...EDGES.map((extent) => [extent, 3]), [2, 3, 4, 5]];
  it.each(cases.map((shape) => [shape.join(), shape] as const))('of shape [%s] along every axis', (_, shape) => {
    const x = random(shape, -10, 10);
    shape.forEach((extent, axis) => {
      for (const log of [false, true]) {
        const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
        const values = softmax(x.data, outer, extent, inner, log);
        checkOperator({
          op: 'softmax',
          inputs: [x],
          attributes: { axis: axis === 0 ? 0 : axis - shape.length, log },
          expected: { shape, values, magnitude: atLeastOne(values), roundings: 16 },
        });
      }
    });
  });

  it('is between 0 and 1, sums to 1, also of huge numbers', () => {
    const x = tensor(Float32Array.of(1e30, -1e30, 0, 88, -88, 1e30, 0, 1), [2, 4]);
    const node = { name: 'softmax', op: 'softmax', inputs: ['x'], outputs: ['y'], attributes: { axis: -1 } };
    const graph = {
      inputs: [{ name: 'x', dtype: 'float32', shape: [2, 4] }] as const,
      outputs: ['y'],
      nodes: [node],
      constants: new Map(),
    };
    const [y] = runWatched(compiled(graph, { x }), { x }, 'strict');
    expect(Array.from<number | bigint>(y.data).every((value) => Number(value) >= 0 && Number(value) <= 1)).toBe(true);
    for (const row of [0, 4]) {
      const sum = Array.from<number | bigint>(y.data.slice(row, row + 4)).reduce<number>(
        (total, value) => total + Number(value),
        0,
      );
      expect(sum).toBeCloseTo(1, 6);
    }
  });
});
