import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Node } from '../../../src/graph/graph.js';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import type { Written } from '../../graph/everything.js';
import { convolution } from '../../reference/convolution/conv.js';
import { concat } from '../../reference/layout/movement.js';
import { checkGraph, type Expected } from '../check.js';
import { exactly, numbered } from './moves.js';

describe('concat in place: readers that want different halos', () => {
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
    const x = numbered(shape);
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
