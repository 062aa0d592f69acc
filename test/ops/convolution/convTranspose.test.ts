import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convTranspose as operator } from '../../../src/ops/convolution/convTranspose.js';
import { partsOf } from '../../../src/ops/convolution/parts.js';
import { phasesOf } from '../../../src/ops/convolution/phases.js';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';
import { convTranspose } from '../../reference/convolution/convTranspose.js';
import { checkGraph, checkOperator } from '../check.js';
import { type ConvolutionCase, threeAxes } from '../windows.js';

/** `filters` are those of one group. */
interface TransposedCase extends ConvolutionCase {
  readonly outputPadding?: readonly number[];
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly activation?: string;
}

function operands({
  x,
  filters,
  kernel,
  strides,
  dilations,
  padding,
  outputPadding,
  groups = 1,
  ...rest
}: TransposedCase) {
  const rank = kernel.length;
  const random = randomFloats(5);
  const make = (shape: readonly number[]) => tensor(random(sizeOf(shape)), shape);
  const extents = kernel.map((k, axis) => {
    const [stride, dilation, added] = [strides?.[axis] ?? 1, dilations?.[axis] ?? 1, outputPadding?.[axis] ?? 0];
    const removed = (padding?.[axis] ?? 0) + (padding?.[axis + rank] ?? 0);
    return (x[axis + 1] - 1) * stride + (k - 1) * dilation + 1 + added - removed;
  });
  const channels = x.at(-1)!;
  const [input, w] = [make(x), make([channels, filters, ...kernel])];
  const bias = rest.bias === false ? undefined : make([filters * groups]);
  const shape = [x[0], ...extents, filters * groups];
  const { values, magnitudes } = convTranspose(
    input.data,
    [x[0], ...threeAxes(x.slice(1, -1), 1), channels],
    w.data,
    [channels, filters, ...threeAxes(kernel, 1)],
    bias?.data ?? null,
    {
      strides: threeAxes(strides, 1),
      dilations: threeAxes(dilations, 1),
      before: threeAxes(padding?.slice(0, rank), 0),
      extents: threeAxes(extents, 1),
      groups,
    },
  );
  const residual = rest.residual ? make(shape) : undefined;
  const added = values.map((value, i) => value + (residual?.data[i] ?? 0));
  const clips = rest.activation !== undefined;
  return {
    inputs: [input, w, bias, residual],
    attributes: {
      strides,
      dilations,
      padding,
      outputPadding,
      groups,
      ...(clips && { activation: 'clip', alpha: -0.25, beta: 1 }),
    },
    expected: {
      shape,
      values: clips ? added.map((value) => Math.min(1, Math.max(-0.25, value))) : added,
      magnitude: magnitudes.map((value, i) => value + Math.abs(residual?.data[i] ?? 0)),
      roundings: (channels / groups) * sizeOf(kernel) + 3,
    },
  };
}

/** Maps so small that many taps meet nothing but zeros around them. */
const SMALL_MAPS: TransposedCase[] = [
  { x: [4, 6, 7, 5], filters: 9, kernel: [5, 5] },
  { x: [8, 2, 2, 4], filters: 3, kernel: [3, 3], padding: [1, 1, 1, 1], residual: true, activation: 'clip' },
  { x: [5, 3, 4, 6], filters: 17, kernel: [6, 5], strides: [2, 1], padding: [1, 0, 2, 3], groups: 2 },
  { x: [4, 2, 3, 3], filters: 8, kernel: [9, 11], bias: false },
  { x: [9, 4, 6], filters: 33, kernel: [4], padding: [2, 1], residual: true },
  { x: [4, 5, 4, 3], filters: 6, kernel: [3, 3], dilations: [2, 1], outputPadding: [1, 2] },
];

const check = (test: TransposedCase) => checkOperator({ op: 'convTranspose', ...operands(test) });
const name = ({ x, ...rest }: TransposedCase) => `[${x}] ${JSON.stringify(rest)}`;
const each = (cases: TransposedCase[]) => it.each(cases.map((test) => [name(test), test] as const));

describe('convTranspose, error within a rounding for each product and three', () => {
  each(
    [1, 3, 4, 5, 7, 8, 9, 13].map((filters, i, all) => ({
      x: [1 + (i % 2), all[(i + 3) % 8], 1 + (i % 4), all[(i + 5) % 8]],
      filters,
      kernel: [2 + (i % 2), 2],
      strides: [2, 1 + (i % 3)],
    })),
  )('pixels, channels and filters %s', (_, test) => check(test));

  each(SMALL_MAPS)('in parts %s', (_, test) => check(test));

  each([
    { x: [2, 2, 2, 160], filters: 77, kernel: [3, 3], padding: [1, 1, 1, 1], bias: false },
    { x: [1, 2, 3, 200], filters: 90, kernel: [3, 3], strides: [2, 2], residual: true, activation: 'clip' },
  ])('more filters than are packed at once %s', (_, test) => check(test));

  each([
    { x: [1, 5, 6, 3], filters: 8, kernel: [4, 4], strides: [2, 2], padding: [1, 1, 1, 1] },
    { x: [1, 5, 6, 3], filters: 9, kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1], outputPadding: [1, 1] },
    { x: [2, 3, 4, 5], filters: 4, kernel: [3, 2], strides: [1, 3], padding: [2, 0, 0, 1], outputPadding: [0, 2] },
    { x: [1, 4, 4, 6], filters: 5, kernel: [3, 3], dilations: [2, 3], strides: [3, 2], groups: 2 },
    { x: [1, 4, 5, 4], filters: 3, kernel: [3, 3], dilations: [2, 2], strides: [2, 2] },
    { x: [1, 4, 4, 9], filters: 1, kernel: [3, 4], strides: [2, 2], groups: 9, residual: true, activation: 'clip' },
    { x: [1, 3, 3, 4], filters: 10, kernel: [2, 2], strides: [3, 3], groups: 2, bias: false },
    { x: [1, 7, 4], filters: 6, kernel: [5], strides: [2], padding: [1, 2], residual: true, activation: 'clip' },
    { x: [1, 2, 3, 4, 3], filters: 5, kernel: [2, 3, 2], strides: [2, 1, 3], padding: [1, 0, 0, 0, 1, 0] },
    { x: [1, 3, 3, 2], filters: 3, kernel: [1, 1], strides: [1, 1], padding: [-1, 0, 0, -2] },
    { x: [0, 3, 3, 2], filters: 3, kernel: [2, 2] },
  ])('%s', (_, test) => check(test));

  it('anything that fits', () => {
    const pair = (least: number, most: number) =>
      fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));
    const cases = fc.record({
      extents: pair(1, 5),
      channels: fc.integer({ min: 1, max: 5 }),
      filters: fc.integer({ min: 1, max: 9 }),
      kernel: pair(2, 4),
      strides: pair(1, 4),
      dilations: pair(1, 3),
      padding: pair(0, 1),
      outputPadding: pair(0, 2),
    });
    fc.assert(
      fc.property(cases, ({ extents, channels, padding, ...rest }) => {
        check({ ...rest, x: [1, ...extents, channels], padding: [0, padding[0], padding[1], 0] });
      }),
      { numRuns: 15 },
    );
  });

  // A tile's values meet, so a small output, even one that no input reaches, may be off by a big one's roundings.
  describe('by Winograd, within 60 roundings of the largest sum', () => {
    const wide = (test: TransposedCase) => {
      const { expected, ...rest } = operands(test);
      const magnitude = expected.magnitude.fill(Math.max(...expected.magnitude));
      checkOperator({
        op: 'convTranspose',
        ...rest,
        expected: { ...expected, magnitude, roundings: 60 },
      });
    };
    each([
      { x: [1, 8, 9, 24], filters: 32, kernel: [3, 3], padding: [1, 1, 1, 1] },
      { x: [2, 7, 6, 20], filters: 25, kernel: [3, 3], padding: [0, 2, 1, 0], residual: true, activation: 'clip' },
      { x: [1, 6, 6, 32], filters: 16, kernel: [3, 3], outputPadding: [1, 0], bias: false },
      { x: [1, 12, 10, 32], filters: 24, kernel: [3, 3], padding: [3, 2, 4, 2] },
      { x: [1, 4, 4, 48], filters: 48, kernel: [3, 3], padding: [1, 1, 1, 1] },
      { x: [1, 9, 8, 24], filters: 32, kernel: [5, 5], padding: [2, 2, 2, 2] },
      { x: [2, 8, 8, 24], filters: 31, kernel: [4, 6], padding: [1, 0, 2, 3], residual: true },
    ])('%s', (_, test) => wide(test));
  });

  it('takes the factors and shifts of a batch norm behind it into its filters', () => {
    const test = operands({ x: [1, 3, 4, 4], filters: 3, kernel: [3, 3], strides: [2, 2], groups: 2 });
    const [x, w, bias] = test.inputs;
    const factors = tensor([0.5, 2, -1, 1.5, 0.25, 3]);
    const scaled = (values: ArrayLike<number>) => Array.from(values, (value, i) => value * factors.data[i % 6]);
    const graph = {
      inputs: [{ name: 'x', dtype: 'float32' as const, shape: [...x!.shape] }],
      outputs: ['y'],
      nodes: [
        { name: 'layer', op: 'convTranspose', inputs: ['x', 'w', 'b'], outputs: ['t'], attributes: test.attributes },
        { name: 'scale', op: 'binary', inputs: ['t', 'f'], outputs: ['y'], attributes: { operation: 'mul' } },
      ],
      constants: new Map([
        ['w', w!],
        ['b', bias!],
        ['f', factors],
      ]),
    };
    checkGraph(graph, { x: x! }, [
      {
        ...test.expected,
        values: scaled(test.expected.values),
        magnitude: scaled(test.expected.magnitude).map(Math.abs),
        roundings: test.expected.roundings + 2,
      },
    ]);
  });

  it('refuses what does not go together', () => {
    const type = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
    const refuse = (inputs: ReturnType<typeof type>[], attributes: object, code: string) =>
      expect(() => operator.infer(inputs, attributes as never)).toThrow(expect.objectContaining({ code }));
    refuse([type(1, 3, 3, 4), type(3, 2, 2, 2)], {}, 'SHAPE');
    refuse([type(1, 3, 3, 4), type(4, 2, 2, 2), type(3)], {}, 'SHAPE');
    refuse([type(1, 3, 3, 4), type(4, 2, 2, 2)], { padding: [3, 3, 3, 3] }, 'SHAPE');
    refuse([type(1, 3, 3, 4), type(4, 2, 2, 2)], { outputPadding: [1] }, 'SHAPE');
    refuse([type(1, 3, 3, 4), type(4, 2, 2, 2)], { strides: [100, 100] }, 'UNSUPPORTED');
  });
});

it.each([
  [5, 10, 0],
  [3, 2, 1],
  [11, 3, 0],
  [4, 6, 2],
  [7, 1, 3],
])(
  '%i taps over %i inputs less %i: parts cover all outputs once and all taps that reach an input',
  (kernel, extent, before) => {
    const places = { kernelShape: [kernel], strides: [1], dilations: [1], before: [before] };
    const [[phase]] = phasesOf({ ...places, extents: [extent + kernel - 1 - 2 * before] });
    const parts = partsOf(phase, extent);
    expect(parts.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i))).toEqual([
      ...new Array(phase.count).keys(),
    ]);
    for (const { start, count, first, end } of parts) {
      const reached = [...new Array(kernel).keys()].filter((tap) => {
        const from = phase.offset + tap + start;
        return from + count > 0 && from < extent;
      });
      expect([first, end]).toEqual([reached[0], reached.at(-1)! + 1]);
    }
  },
);
