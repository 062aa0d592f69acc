import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { sizeOf } from '../../../src/shape.js';
import { type DType, newArray, Tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import type { Elements } from '../../reference/elements.js';
import * as reference from '../../reference/indexing/indexed.js';
import { checkOperator } from '../check.js';

/** Whole numbers, or indices from -extent to extent. */
function random(dtype: DType, shape: readonly number[], bound: number): Tensor {
  const data = newArray(dtype, sizeOf(shape));
  randomFloats(data.length + bound)(data.length).forEach((value, i) => {
    const whole = Math.floor(value * bound) + (dtype === 'uint8' ? bound : 0);
    data[i] = dtype === 'int64' ? BigInt(whole) : whole;
  });
  return new Tensor(dtype, shape, data);
}

const plain = ({ shape, data }: Tensor): Elements => ({ shape, values: Array.from(data, Number) });

function check(op: string, attributes: Attributes, inputs: readonly Tensor[], { shape, values }: Elements): void {
  const exact = inputs[0].dtype === 'int64' ? values.map(BigInt) : values;
  checkOperator({ op, attributes, inputs, expected: { shape, values: exact, roundings: 0 } });
}

describe.each(['float32', 'int64', 'int32', 'uint8', 'int8'] as const)('%s', (dtype) => {
  it.each([
    [[5], [3], 0],
    [[3, 4, 5], [3, 4, 5], 1],
    [[3, 4, 5], [2, 7, 4], 1],
    [[3, 4, 5], [1, 0, 4], -2],
    [[2, 3, 4, 5], [2, 3, 4, 9], 3],
  ] as const)('elements of %j by indices %j along axis %i', (shape, places, axis) => {
    const at = axis < 0 ? axis + shape.length : axis;
    const data = random(dtype, shape, 9);
    for (const indexType of ['int32', 'int64'] as const) {
      const indices = random(indexType, places, shape[at]);
      const gathered = reference.gatherElements(plain(data), plain(indices), at);
      check('gatherElements', { axis }, [data, indices], gathered);
      const updates = random(dtype, places, 5);
      for (const reduction of Object.keys(reference.joins) as reference.Join[]) {
        const scattered = reference.scatterElements(plain(data), plain(indices), plain(updates), at, reduction);
        // A product of many may not fit its type, or exceed what float32 holds exactly.
        if (reduction === 'mul' && dtype !== 'int64') continue;
        check('scatterElements', { axis, reduction }, [data, indices, updates], scattered);
      }
    }
  });

  it.each([
    [[5], [3, 1], 0],
    [[3, 4, 5], [2, 3], 0],
    [[3, 4, 5], [2, 2, 2], 0],
    [[3, 4, 5], [6, 1], 0],
    [[3, 4, 5], [3, 2, 1], 1],
    [[3, 4, 5, 2], [3, 4, 2, 1], 2],
    [[3, 4], [3, 0], 0],
    [[3, 4], [0, 2], 0],
  ] as const)('blocks of %j by tuples %j behind %i batch axes', (shape, tuples, batchDims) => {
    const data = random(dtype, shape, 9);
    const extents = shape.slice(batchDims, batchDims + tuples.at(-1)!);
    const indices = random('int64', tuples, Math.min(...extents, 9));
    check('gatherNd', { batchDims }, [data, indices], reference.gatherNd(plain(data), plain(indices), batchDims));
    if (batchDims > 0) return;
    const updates = random(dtype, [...tuples.slice(0, -1), ...shape.slice(tuples.at(-1)!)], 3);
    for (const reduction of Object.keys(reference.joins) as reference.Join[]) {
      const scattered = reference.scatterNd(plain(data), plain(indices), plain(updates), reduction);
      if (reduction === 'mul' && dtype !== 'int64') continue;
      check('scatterNd', { reduction }, [data, indices, updates], scattered);
    }
  });
});

it('multiplies floats', () => {
  const data = new Tensor('float32', [4], Float32Array.of(1, 2, 3, 4));
  const indices = new Tensor('int64', [2, 1], BigInt64Array.of(3n, -3n));
  const updates = new Tensor('float32', [2], Float32Array.of(0.5, 10));
  check('scatterNd', { reduction: 'mul' }, [data, indices, updates], { shape: [4], values: [1, 20, 3, 2] });
});

it('refuses what does not fit', () => {
  const data = random('float32', [3, 4], 9);
  const refused = (op: string, inputs: Tensor[], attributes: Attributes, message: RegExp) =>
    expect(() => check(op, attributes, inputs, { shape: [0], values: [] })).toThrow(message);
  refused('gatherElements', [data, random('int64', [3], 1)], {}, /of the rank of/);
  refused('gatherElements', [data, random('float32', [3, 4], 1)], {}, /indices are int32 or int64/);
  refused('gatherNd', [data, random('int64', [2, 3], 1)], {}, /don't name blocks/);
  refused(
    'scatterElements',
    [data, random('int64', [3, 4], 1), random('float32', [3, 3], 1)],
    {},
    /updates are float32 \[3, 4\]/,
  );
  refused('scatterNd', [data, random('int64', [2, 1], 1), random('int32', [2, 4], 1)], {}, /not int32/);
  refused(
    'scatterNd',
    [data, random('int64', [2, 1], 1), random('float32', [2, 4], 1)],
    { reduction: 'xor' },
    /no reduction "xor"/,
  );
});

it('refuses indices outside that are known when planning', () => {
  const data = random('float32', [3, 4], 9);
  const indices = new Tensor('int64', [1, 4], BigInt64Array.of(0n, 3n, 0n, 0n));
  const expected = { shape: [1, 4], values: [0, 1, 2, 3].map((i) => data.data[[0, 2, 0, 0][i] * 4 + i]), roundings: 0 };
  expect(() => checkOperator({ op: 'gatherElements', inputs: [data, indices], expected })).toThrow(
    /index 3 is outside/,
  );
});

describe('gatherGradient, error within as many roundings as there are indices', () => {
  it.each([
    [[5], [3], 0],
    [[3, 4, 5], [2, 7], 1],
    [[3, 4, 5], [9], -1],
    [[6, 17], [20], 0],
    [[2, 3, 4, 5], [0], 3],
    [[0, 3], [2], 1],
  ] as const)('of %j by indices %j along axis %i', (shape, places, axis) => {
    const at = axis < 0 ? axis + shape.length : axis;
    for (const indexType of ['int32', 'int64'] as const) {
      const indices = random(indexType, places, shape[at]);
      const taken = ([...shape] as number[]).toSpliced(at, 1, ...(places as readonly number[]));
      const gradient = new Tensor('float32', taken, randomFloats(3)(sizeOf(taken)));
      const inner = sizeOf(shape.slice(at + 1));
      const values = new Array<number>(sizeOf(shape)).fill(0);
      const magnitude = [...values];
      gradient.data.forEach((value, i) => {
        const place = Math.floor(i / inner) % indices.size;
        const index = Number(indices.data[place]);
        const outer = Math.floor(i / inner / indices.size);
        const to = (outer * shape[at] + (index < 0 ? index + shape[at] : index)) * inner + (i % inner);
        values[to] += value;
        magnitude[to] += Math.abs(value);
      });
      checkOperator({
        op: 'gatherGradient',
        attributes: { axis, shape },
        inputs: [gradient, indices],
        expected: { shape, values, magnitude, roundings: indices.size + 1 },
      });
    }
  });

  it('refuses gradients of another shape', () => {
    const inputs = [new Tensor('float32', [2], new Float32Array(2)), random('int32', [3], 4)];
    expect(() => everything.operators.gatherGradient.infer(inputs, { shape: [4] })).toThrow(
      expect.objectContaining({ code: 'SHAPE' }),
    );
  });
});
