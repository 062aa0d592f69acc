import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Node } from '../../src/graph/graph.js';
import type { Attributes } from '../../src/ops/operator.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import type { Written } from '../graph/everything.js';
import { convolution } from '../reference/convolution.js';
import { concat, type Elements, pad, slice, transpose } from '../reference/movement.js';
import { checkGraph, checkOperator, type Expected } from './check.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const EDGES = [0, 1, 3, 4, 5, 7, 8, 9, 13];

/** 1, 2, 3, .. in `shape`. */
function counted(shape: readonly number[], first = 1): Tensor<'float32'> {
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => first + i),
    shape,
  );
}

const elements = ({ shape, data }: Tensor<'float32'>): Elements => ({ shape, values: Array.from(data) });
const exactly = ({ shape, values }: Elements): Expected => ({ shape, values, roundings: 0 });

function checkMove(op: string, x: Tensor, attributes: Attributes, expected: Elements): void {
  checkOperator({ op, inputs: [x], attributes, expected: exactly(expected) });
}

const SHAPES = [...EDGES.map((extent) => [3, extent]), ...EDGES.map((extent) => [2, extent, 4, 5])];
const shapes = SHAPES.map((shape) => [shape.join(), shape] as const);

describe('transpose', () => {
  it.each(shapes)('of [%s]', (_, shape) => {
    const x = counted(shape);
    const orders =
      shape.length === 2
        ? [[1, 0]]
        : [
            [0, 2, 3, 1],
            [0, 3, 1, 2],
            [3, 2, 1, 0],
            [0, 2, 1, 3],
          ];
    for (const permutation of orders) checkMove('transpose', x, { permutation }, transpose(elements(x), permutation));
  });
});

describe('pad', () => {
  it.each(shapes)('[%s]', (_, shape) => {
    const x = counted(shape);
    const before = shape.map((_, axis) => axis % 3);
    const after = shape.map((extent, axis) => (axis % 2 === 0 && extent > 2 ? -1 : 2));
    const padding = [...before, ...after];
    checkMove('pad', x, { mode: 'constant', padding, value: -7 }, pad(elements(x), padding, -7));
  });
});

describe('slice', () => {
  it.each(shapes)('of [%s]', (_, shape) => {
    const x = counted(shape);
    const extents = shape.map((extent) => Math.max(0, Math.ceil((extent - 1) / 2)));
    const starts = shape.map(() => 1);
    const expected = slice(
      elements(x),
      starts,
      extents,
      shape.map(() => 2),
    );
    checkMove('slice', x, { starts, ends: shape.map(() => 1000), steps: shape.map(() => 2) }, expected);
    const backwards = slice(
      elements(x),
      shape.map((extent) => extent - 1),
      shape,
      shape.map(() => -1),
    );
    const far = shape.map(() => -1000);
    checkMove('slice', x, { starts: shape.map(() => 1000), ends: far, steps: shape.map(() => -1) }, backwards);
  });
});

describe('reshape', () => {
  it.each(shapes)('of [%s]', (_, shape) => {
    const x = counted(shape);
    for (const target of [[sizeOf(shape)], [...shape, 1], [1, ...shape]]) {
      checkMove('reshape', x, { shape: target, allowZero: true }, { shape: target, values: Array.from(x.data) });
    }
  });
});

describe('concat', () => {
  it.each(EDGES.map((extent) => [extent] as const))('an extent of %i along every axis', (extent) => {
    const shape = [2, 3, 4, 5];
    shape.forEach((_, axis) => {
      const parts = [counted(shape), counted(shape.with(axis, extent), 1000), counted(shape.with(axis, 1), 5000)];
      const expected = exactly(concat(parts.map(elements), axis));
      checkOperator({ op: 'concat', inputs: parts, attributes: { axis: axis - 4 }, expected });
    });
  });

  it('of one part, and of the same part twice', () => {
    const x = counted([1, 2, 2, 3]);
    checkOperator({ op: 'concat', inputs: [x], attributes: { axis: 3 }, expected: exactly(elements(x)) });
    const twice = exactly(concat([elements(x), elements(x)], 3));
    checkGraph(
      {
        inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2, 2, 3] }],
        outputs: ['y'],
        nodes: [
          { name: 'neg', op: 'unary', inputs: ['x'], outputs: ['computed'], attributes: { operation: 'neg' } },
          { name: 'concat', op: 'concat', inputs: ['computed', 'computed'], outputs: ['y'], attributes: { axis: 3 } },
        ],
        constants: new Map(),
      },
      { x },
      [{ ...twice, values: Array.from(twice.values, (value) => -Number(value)) }],
    );
  });
});

describe('concat in place: readers that want different borders', () => {
  interface Reader {
    readonly value: 'a' | 'b' | 'joined';
    readonly kernel: readonly number[];
    readonly padding: readonly number[];
  }

  /** a = -x, b = 2x, joined = a ++ b; every reader is a convolution to one filter. */
  function checkReaders(
    [rows, columns]: readonly number[],
    channels: number,
    readers: readonly Reader[],
    joinedIsOutput: boolean,
  ): void {
    const shape = [1, rows, columns, channels];
    const x = counted(shape);
    const a = { shape, values: Array.from(x.data, (value) => -value) };
    const b = { shape, values: Array.from(x.data, (value) => 2 * value) };
    const values = { a, b, joined: concat([a, b], 3) };
    const constants = new Map<string, Tensor>([['two', tensor(2, [])]]);
    const nodes: Node[] = [
      { name: 'a', op: 'unary', inputs: ['x'], outputs: ['a'], attributes: { operation: 'neg' } },
      { name: 'b', op: 'binary', inputs: ['x', 'two'], outputs: ['b'], attributes: { operation: 'mul' } },
      { name: 'joined', op: 'concat', inputs: ['a', 'b'], outputs: ['joined'], attributes: { axis: 3 } },
    ];
    const expected: Expected[] = [];
    readers.forEach(({ value, kernel, padding }, i) => {
      const read = values[value];
      const w = tensor(new Float32Array(sizeOf(kernel) * read.shape[3]).fill(1), [1, read.shape[3], ...kernel]);
      constants.set(`w${i}`, w);
      nodes.push({ name: `y${i}`, op: 'conv', inputs: [value, `w${i}`], outputs: [`y${i}`], attributes: { padding } });
      const x5 = [1, 1, ...read.shape.slice(1)];
      const w5 = [...w.shape.slice(0, 2), 1, ...kernel];
      const options = {
        paddingBefore: [0, padding[0], padding[1]],
        paddingAfter: [0, padding[2], padding[3]],
      } as const;
      const sums = convolution(read.values, x5, w.data, w5, null, options);
      const counts = kernel.map((size, axis) => read.shape[axis + 1] + padding[axis] + padding[axis + 2] - size + 1);
      // Sums of small whole numbers are exact.
      const sizes = Array.from(sums, () => sums.reduce((most, sum) => Math.max(most, Math.abs(sum)), 1));
      expected.push({ shape: [1, ...counts, 1], values: sums, magnitude: sizes, roundings: 60 });
    });
    const outputs = readers.map((_, i) => `y${i}`);
    const graph: Written = {
      inputs: [{ name: 'x', dtype: 'float32', shape }],
      outputs: joinedIsOutput ? [...outputs, 'joined'] : outputs,
      nodes,
      constants,
    };
    checkGraph(graph, { x }, joinedIsOutput ? [...expected, exactly(values.joined)] : expected);
  }

  const reader = fc.record({
    value: fc.constantFrom<Reader['value']>('a', 'b', 'joined'),
    kernel: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 2 }),
    padding: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  });
  const extents = fc.array(fc.integer({ min: 3, max: 6 }), { minLength: 2, maxLength: 2 });

  it('any readers of the parts and of the whole', () => {
    const readers = fc.array(reader, { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(extents, fc.integer({ min: 1, max: 6 }), readers, fc.boolean(), checkReaders), {
      numRuns: 40,
    });
  });
});

describe('tensors of other types move too', () => {
  it.each([
    ['int32', tensor(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ['int64', tensor(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n), [2, 3])],
    ['uint8', tensor(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ['int8', tensor(Int8Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
  ] as [string, Tensor][])('%s', (_, x) => {
    const values = Array.from<number | bigint>(x.data);
    const turned = [0, 3, 1, 4, 2, 5].map((i) => values[i]);
    const transposed: Expected = { shape: [3, 2], values: turned as number[], roundings: 0 };
    checkOperator({ op: 'transpose', inputs: [x], attributes: { permutation: [1, 0] }, expected: transposed });
    const part: Expected = { shape: [2, 1], values: [values[1], values[4]] as number[], roundings: 0 };
    checkOperator({ op: 'slice', inputs: [x], attributes: { starts: [1], ends: [2], axes: [1] }, expected: part });
  });
});
