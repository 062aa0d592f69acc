// Activations that exporters write as products are one operator again; what only looks like one stays as it is.
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { loadModelSync, ready, tensor } from '../../src/index.js';
import { type ActivationName, activations } from '../reference/elementwise/activation.js';
import type { NodeSpec, TensorSpec } from './onnx-file.js';
import { network } from './onnx-reading.js';

const scalar = (name: string, value: number, dims: number[] = []): TensorSpec => ({
  name,
  dims,
  dataType: 1,
  floats: [value],
});
const initializers = [
  scalar('half', 0.5),
  scalar('one', 1),
  scalar('root', Math.SQRT2),
  scalar('inverse', Math.SQRT1_2),
];
const step = (op: string, inputs: string[], output: string, attributes?: NodeSpec['attributes']): NodeSpec => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});

const sigmoid = step('Sigmoid', ['x'], 'gate');
const hardSigmoid = (alpha: number) =>
  step('HardSigmoid', ['x'], 'gate', { alpha: { float: alpha }, beta: { float: 0.5 } });
const softplus = [step('Softplus', ['x'], 'positive'), step('Tanh', ['positive'], 'gate')];
const erfOf = (scaled: NodeSpec) => [scaled, step('Erf', ['scaled'], 'e'), step('Add', ['e', 'one'], 'sum')];
const divided = erfOf(step('Div', ['x', 'root'], 'scaled'));
const multiplied = erfOf(step('Mul', ['inverse', 'x'], 'scaled'));
const product = (a: string, b: string, output = 'y') => step('Mul', [a, b], output);

const written: [activation: ActivationName, form: string, nodes: NodeSpec[]][] = [
  ['silu', 'x gate', [sigmoid, product('x', 'gate')]],
  ['silu', 'gate x', [sigmoid, product('gate', 'x')]],
  ['hardSwish', 'x gate', [hardSigmoid(1 / 6), product('x', 'gate')]],
  ['hardSwish', 'gate x, fewer digits', [hardSigmoid(0.1666667), product('gate', 'x')]],
  ['mish', 'x gate', [...softplus, product('x', 'gate')]],
  ['gelu', '(x sum) half', [...divided, product('x', 'sum', 'p'), product('p', 'half')]],
  ['gelu', 'half (sum x)', [...multiplied, product('sum', 'x', 'p'), product('half', 'p')]],
  ['gelu', '(half x) sum', [...divided, product('half', 'x', 'p'), product('p', 'sum')]],
  ['gelu', '(half sum) x', [...multiplied, product('half', 'sum', 'p'), product('p', 'x')]],
];

beforeAll(ready);

describe('an activation written as a product', () => {
  it.each(written)('%s as %s', (activation, _, nodes) => {
    const file = network(nodes, { initializers });
    const last = readOnnx(file).nodes.at(-1)!;
    expect({ op: last.op, inputs: last.inputs, activation: last.attributes.activation }).toEqual({
      op: 'activation',
      inputs: ['x'],
      activation,
    });
    using model = loadModelSync(file);
    const x = Float32Array.from({ length: 192 }, (_, i) => (i - 96) / 16);
    const { y } = model.runSync({ x: tensor(x, [1, 3, 8, 8]) });
    const exact = Array.from(x, (value) => activations[activation](value, 0, 0));
    for (const [i, value] of exact.entries()) expect(Math.abs(Number(y.data[i]) - value)).toBeLessThan(2e-6);
    const [, , only, rule] = model.summary().split('\n');
    expect(only).toContain(`  ${activation}  `);
    expect(rule).toMatch(/^-+$/);
  });

  const different: [what: string, nodes: NodeSpec[]][] = [
    ['a gate of something else', [step('Neg', ['x'], 'n'), step('Sigmoid', ['n'], 'gate'), product('x', 'gate')]],
    ['a gate of another slope', [hardSigmoid(0.2), product('x', 'gate')]],
    ['a gate that is not a sigmoid', [step('Tanh', ['x'], 'gate'), product('x', 'gate')]],
    ['a square', [product('x', 'x')]],
    ['two thirds of a GELU', [...divided, product('x', 'sum')]],
    ['another factor', [...divided, product('x', 'sum', 'p'), product('p', 'one')]],
    ['another scale', [...erfOf(step('Div', ['x', 'one'], 'scaled')), product('x', 'sum', 'p'), product('p', 'half')]],
    ['an argument times itself', [...divided, product('sum', 'sum', 'p'), product('p', 'half')]],
    ['a half with axes', [...divided, product('x', 'sum', 'p'), product('p', 'wide')]],
  ];

  it.each(different)('%s stays a product', (_, nodes) => {
    const more = { initializers: [...initializers, scalar('wide', 0.5, [1, 1, 1, 1, 1])] };
    const last = readOnnx(network(nodes, more)).nodes.at(-1)!;
    expect([last.op, last.attributes.operation]).toEqual(['binary', 'mul']);
  });

  it('leaves a gate that is read elsewhere', () => {
    const file = network([sigmoid, product('x', 'gate')], { outputs: ['y', 'gate'] });
    using model = loadModelSync(file);
    const { y, gate } = model.runSync({ x: tensor(new Float32Array(192).fill(2), [1, 3, 8, 8]) });
    expect(y.data[0]).toBeCloseTo(2 / (1 + Math.exp(-2)), 6);
    expect(gate.data[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  });
});
