// Checks operators and small graphs through the whole compiler: with every binary, with all passes and without, with
// weights as constants and as inputs, as one thread and as two, in a memory whose every unused byte is NaN.

import { expect } from 'vitest';
import type { Node } from '../../src/graph/graph.js';
import { applyPasses, optionalPasses } from '../../src/graph/passes/index.js';
import type { Attributes } from '../../src/ops/operator.js';
import { sizeOf } from '../../src/shape.js';
import { type Tensor, type TensorType, tensor } from '../../src/tensor.js';
import type { Written } from '../graph/everything.js';
import { type Binary, supportedBinaries } from '../kernels/harness.js';
import { expectWithin } from '../kernels/numbers.js';
import { bitsOf, foldingFor, runWatched, specialized } from './watched.js';

export { compiled, foldingFor, runWatched, specialized } from './watched.js';

/** One output: its elements by the reference, and how far a result may be off. */
export interface Expected {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number | bigint>;
  /** Unit roundoffs of `magnitude` (default: |value|) that an element may be off. 0: exactly the float32 nearest. */
  readonly roundings: number;
  readonly magnitude?: ArrayLike<number>;
}

export interface OperatorCase {
  readonly op: string;
  readonly attributes?: Attributes;
  /** Undefined where an optional input is absent. Those behind the first are the weights. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly expected: Expected;
}

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Checks a graph's outputs with every binary, with passes and without. The strict binary and the debug one, which
 * fuse nothing, must give the same bits.
 * @param expected a function where it depends on what a binary computes
 */
export function checkGraph(
  graph: Written,
  inputs: Tensors,
  expected: readonly Expected[] | ((binary: Binary) => readonly Expected[]),
): void {
  for (const without of [new Set<string>(), optionalPasses]) {
    const exact: Tensor[][] = [];
    for (const binary of supportedBinaries) {
      const folded = applyPasses(specialized(graph, inputs), foldingFor(graph, binary), without);
      const results = runWatched(folded, inputs, binary);
      (typeof expected === 'function' ? expected(binary) : expected).forEach((wanted, index) => {
        expectClose(results[index], wanted);
      });
      if (binary !== 'relaxed') exact.push(results);
    }
    const [strict, debug] = exact;
    expect(debug.map(bitsOf)).toEqual(strict.map(bitsOf));
  }
}

/** Checks one operator, alone and among others, its weights known and not. */
export function checkOperator(test: OperatorCase): void {
  const alone = Object.fromEntries(test.inputs.flatMap((input, index) => (input ? [[`input${index}`, input]] : [])));
  const variants = test.inputs.length > 1 ? [false, true] : [false];
  for (const constantWeights of variants) {
    const graph = nodeGraph(test, constantWeights);
    checkGraph(graph, alone, [test.expected]);
    const { shape } = test.expected;
    const floats = [test.inputs[0], specialized(graph, alone).types.get('output')].every((x) => x?.dtype === 'float32');
    if (shape.length === 0 || !floats) continue;
    const finite = Array.from(test.expected.values, Number).every(Number.isFinite);
    const neighbour = tensor(
      new Float32Array(sizeOf(shape.with(-1, NEIGHBOUR_CHANNELS))).fill(2),
      shape.with(-1, NEIGHBOUR_CHANNELS),
    );
    checkGraph(surrounded(graph, neighbour, shape.at(-1)!, finite), { ...alone, neighbour }, [
      amongNeighbours(test.expected),
    ]);
  }
}

/** The operator as a graph of its own. */
function nodeGraph({ op, attributes = {}, inputs }: OperatorCase, constantWeights: boolean): Written {
  const names = inputs.map((input, index) => (input ? `input${index}` : ''));
  const present = inputs.flatMap((input, index) => (input ? [{ name: names[index], input, index }] : []));
  const isConstant = ({ index }: { index: number }) => constantWeights && index > 0;
  return {
    inputs: present
      .filter((one) => !isConstant(one))
      .map(({ name, input }) => ({ name, dtype: input.dtype, shape: [...input.shape] })),
    outputs: ['output'],
    nodes: [{ name: op, op, inputs: names, outputs: ['output'], attributes }],
    constants: new Map(present.filter(isConstant).map(({ name, input }) => [name, input])),
  };
}

/** An odd number, so that what lies behind it is not aligned to vectors. */
const NEIGHBOUR_CHANNELS = 3;

/**
 * The same operator between others, which decide where its operands lie: its input is computed, so that it may have a
 * halo, and its result becomes the middle of a concatenation along the channels, which has one itself.
 */
function surrounded(graph: Written, neighbour: TensorType, outputChannels: number, finite: boolean): Written {
  const [node] = graph.nodes;
  const rank = Math.max(0, neighbour.shape.length - 2);
  const channels = neighbour.shape.at(-1)! * 2 + outputChannels;
  // 0 times infinity would be NaN.
  const spatial = rank > 0 && rank < 4 && sizeOf(neighbour.shape) > 0 && finite;
  const constants = new Map(graph.constants).set('one', tensor(1, []));
  const before = node.inputs[0];
  const times = (input: string, output: string): Node => ({
    name: output,
    op: 'binary',
    inputs: [input, 'one'],
    outputs: [output],
    attributes: { operation: 'mul' },
  });
  const keep: Node = {
    name: 'keep',
    op: 'conv',
    inputs: ['joined', 'keep'],
    outputs: ['whole'],
    attributes: { groups: channels, padding: new Array<number>(2 * rank).fill(1) },
  };
  return {
    inputs: [...graph.inputs, { name: 'neighbour', dtype: 'float32', shape: [...neighbour.shape] }],
    outputs: ['whole'],
    nodes: [
      times(before, 'computed'),
      times('neighbour', 'left'),
      times('neighbour', 'right'),
      { ...node, inputs: ['computed', ...node.inputs.slice(1)] },
      {
        name: 'concat',
        op: 'concat',
        inputs: ['left', 'output', 'right'],
        outputs: ['joined'],
        attributes: { axis: neighbour.shape.length - 1 },
      },
      spatial ? keep : times('joined', 'whole'),
    ],
    constants: constants.set('keep', keepingFilters(channels, rank)),
  };
}

/** Depthwise filters, three elements long on each axis, that change nothing. */
function keepingFilters(channels: number, rank: number): Tensor {
  const taps = 3 ** rank;
  const values = Float32Array.from({ length: channels * taps }, (_, i) => (i % taps === (taps - 1) / 2 ? 1 : 0));
  return tensor(values, [channels, 1, ...new Array<number>(rank).fill(3)]);
}

function amongNeighbours({ shape, values, roundings, magnitude }: Expected): Expected {
  const channels = shape.at(-1)!;
  const all: number[] = [];
  const magnitudes: number[] = [];
  const pad = () => {
    for (let i = 0; i < NEIGHBOUR_CHANNELS; i++) {
      all.push(2);
      magnitudes.push(2);
    }
  };
  for (let pixel = 0; pixel < sizeOf(shape.slice(0, -1)); pixel++) {
    pad();
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      all.push(Number(values[i]));
      magnitudes.push(magnitude ? magnitude[i] : Math.abs(Number(values[i])));
    }
    pad();
  }
  return { shape: shape.with(-1, channels + 2 * NEIGHBOUR_CHANNELS), values: all, roundings, magnitude: magnitudes };
}

/** Fails unless shape and elements are as expected. */
export function expectClose(actual: Tensor, { shape, values, roundings, magnitude }: Expected): void {
  expect(actual.shape).toEqual(shape);
  if (actual.dtype !== 'float32' || roundings === 0) {
    const exact = Array.from(values, (value) => (actual.dtype === 'float32' ? Math.fround(Number(value)) : value));
    expect(Array.from<number | bigint>(actual.data).map(withoutSign)).toEqual(exact.map(withoutSign));
    return;
  }
  const numbers = Array.from(values, Number);
  expectWithin(actual.data as Float32Array, numbers, magnitude ?? numbers.map(Math.abs), roundings);
}

/** -0 as 0. */
function withoutSign(value: number | bigint): number | bigint {
  return value === 0 ? 0 : value;
}
