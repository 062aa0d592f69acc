// Saved models whose nodes lack what their operators need: each is refused with an error that names the node, the operator
// and what is missing.

import { beforeAll, describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { writeModel } from '../../src/formats/safetensors/model-writer.js';
import type { GraphInput, Node } from '../../src/graph/graph.js';
import { inference } from '../../src/graph/inference.js';
import { loadModelSync, ready } from '../../src/model/load.js';
import { operators } from '../../src/ops/operators.js';
import { type Tensor, tensor } from '../../src/tensor.js';

beforeAll(() => ready());

const map: GraphInput = { name: 'x', dtype: 'float32', shape: [1, 6, 6, 2] };

interface Asked {
  readonly input?: GraphInput;
  /** Behind the input. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly inputs?: readonly string[];
  readonly attributes?: Node['attributes'];
}

function refusal(op: string, { input = map, constants = {}, inputs, attributes = {} }: Asked): QuadlaneError {
  const node = { name: 'asks', op, inputs: inputs ?? ['x', ...Object.keys(constants)], outputs: ['y'], attributes };
  const file = writeModel({
    dialect: inference,
    inputs: [input],
    outputs: ['y'],
    nodes: [node],
    constants: new Map(Object.entries(constants)),
  });
  let thrown: unknown;
  try {
    loadModelSync(file).dispose();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(QuadlaneError);
  return thrown as QuadlaneError;
}

const counts = Object.values(operators).map(({ name, needs = 1 }) => [name, needs === 'all' ? 2 : needs] as const);
const wanting = counts.flatMap(([name, needs]) =>
  Array.from({ length: needs - 1 }, (_, index) => [name, index + 1, needs] as const),
);

it('most operators need more than one input', () => {
  expect(wanting.length).toBeGreaterThan(40);
});

it.each(wanting)('%s without its input %d of %d', (op, missing, needs) => {
  const constants = { c: tensor(BigInt64Array.of(1n)) };
  const inputs = Array.from({ length: needs }, (_, index) => (index === missing ? '' : 'c'));
  const error = refusal(op, { constants, inputs });
  expect(error.message).toMatch(new RegExp(`^${op} "asks".*lacks its input ${missing} of ${needs}`));
  expect(error).toMatchObject({ code: 'FORMAT', node: 'asks', operator: op });
});

describe('attributes that are missing, or go too far', () => {
  const one = (...values: number[]) => tensor(Float32Array.from(values), []);
  const whole = (value: bigint) => tensor(BigInt64Array.of(value), []);
  const pool = { kernelShape: [2, 2], strides: [1, 1] };
  const cases: [op: string, code: string, message: RegExp, asked: Asked][] = [
    ['maxPool', 'SHAPE', /pool over 0 axes/, {}],
    ['averagePool', 'SHAPE', /pool over 0 axes/, {}],
    ['lpPool', 'SHAPE', /pool over 0 axes/, {}],
    ['maxPool', 'UNSUPPORTED', /rounds up and crops/, { attributes: { ...pool, ceil: true, padding: [0, 0, -1, 0] } }],
    ['maxPool', 'SHAPE', /all of a possible size/, { attributes: { ...pool, dilations: [2 ** 30, 1] } }],
    [
      'range',
      'SHAPE',
      /three numbers of one type/,
      { constants: { a: one(2.5), b: whole(1n) }, inputs: ['b', 'a', 'b'] },
    ],
    ['range', 'SHAPE', /at most 2\^53/, { constants: { a: whole(2n ** 60n), b: whole(1n) }, inputs: ['a', 'a', 'b'] }],
    ['range', 'SHAPE', /delta other than 0/, { constants: { a: whole(0n) }, inputs: ['a', 'a', 'a'] }],
    ['cast', 'SHAPE', /no tensors of undefined/, {}],
    ['cast', 'FORMAT', /"to" of "asks" is no element type/, { attributes: { to: 'float8' } }],
    ['reshape', 'FORMAT', /"shape" of "asks" is a number instead of a list/, { attributes: { shape: 3 } }],
  ];
  it.each(cases)('%s: %s %s', (op, code, message, asked) => {
    const error = refusal(op, asked);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  it('filters of too many taps', () => {
    const filters: GraphInput = { name: 'w', dtype: 'float32', shape: [2, 1, 1, 2 ** 21] };
    const file = writeModel({
      dialect: inference,
      inputs: [map, filters],
      outputs: ['y'],
      nodes: [
        {
          name: 'asks',
          op: 'conv',
          inputs: ['x', 'w'],
          outputs: ['y'],
          attributes: { groups: 2, padding: [0, 0, 0, 2 ** 22] },
        },
      ],
      constants: new Map(),
    });
    expect(() => loadModelSync(file)).toThrow(/conv "asks" .*filters of 2097152 taps, more than 1048576/);
  });
});
