// Values at which ONNX's definitions have to be read closely, from files.
import { beforeAll, expect, it } from 'vitest';
import { loadModelSync, ready, type Tensor, tensor } from '../../src/index.js';
import { type NodeSpec, onnxFile, type TensorSpec } from './onnx-file.js';

beforeAll(ready);

const floats = (name: string, dims: number[], ...values: number[]): TensorSpec => ({
  name,
  dims,
  dataType: 1,
  floats: values,
});

/** The outputs of a file of nodes from x on. */
function run(
  x: Tensor<'float32'>,
  nodes: NodeSpec[],
  outputs: string[],
  { initializers = [], opset = 13 }: { initializers?: TensorSpec[]; opset?: number } = {},
): number[][] {
  const inputs = [{ name: 'x', shape: [...x.shape] }];
  using model = loadModelSync(onnxFile({ inputs, outputs, nodes, initializers, opset }));
  const results = model.runSync({ x });
  return outputs.map((name) => Array.from(results[name].data, Number));
}

it('DynamicQuantizeLinear of a NaN has the scale NaN: the extremes of a tensor that holds one are NaN', () => {
  const node = { op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['y', 'scale', 'zero'] };
  const found = run(tensor([1, Number.NaN, -2]), [node], node.outputs);
  expect(found).toEqual([[0, 0, 0], [Number.NaN], [0]]);
});

it('Clip of operator set 6 without bounds brings infinities to the largest floats, and keeps NaN', () => {
  const node = { op: 'Clip', inputs: ['x'], outputs: ['y'] };
  const x = tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1]);
  const largest = 3.4028234663852886e38;
  expect(run(x, [node], ['y'], { opset: 6 })).toEqual([[largest, -largest, Number.NaN, 1]]);
  expect(run(x, [node], ['y'], { opset: 11 })).toEqual([Array.from(x.data)]);
});

it('Gemm with beta 0 does not read C', () => {
  const node = { op: 'Gemm', inputs: ['x', 'w', 'c'], outputs: ['y'], attributes: { beta: { float: 0 } } };
  const initializers = [floats('w', [2, 1], 3, 4), floats('c', [1], Number.NaN)];
  expect(run(tensor([1, 2], [1, 2]), [node], ['y'], { initializers })).toEqual([[11]]);
});

it('a factor that weights can not bear is a step of its own', () => {
  const factor = floats('factor', [1], 1e20);
  const mul = { op: 'Mul', inputs: ['h', 'factor'], outputs: ['y'] };
  const x = tensor([1e-20], [1, 1, 1, 1]);
  const conv = { op: 'Conv', inputs: ['x', 'w'], outputs: ['h'] };
  const weights = floats('w', [1, 1, 1, 1], 1e20);
  const [[convolved]] = run(x, [conv, mul], ['y'], { initializers: [weights, factor] });
  expect(Math.abs(convolved / 1e20 - 1)).toBeLessThan(1e-6);
  const gemm = { op: 'Gemm', inputs: ['x', 'w'], outputs: ['y'], attributes: { alpha: { float: 1e20 } } };
  const flat = tensor([1e-20], [1, 1]);
  const [[product]] = run(flat, [gemm], ['y'], { initializers: [floats('w', [1, 1], 1e20)] });
  expect(Math.abs(product / 1e20 - 1)).toBeLessThan(1e-6);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, -0.5])(
  'PRelu by a slope of %d scales what is below zero, and nothing else',
  (slope) => {
    const x = tensor([-2, 0, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
    const expected = Array.from(x.data, (value) => (value < 0 ? value * slope : value));
    const node = { op: 'PRelu', inputs: ['x', 'slope'], outputs: ['y'] };
    expect(run(x, [node], ['y'], { initializers: [floats('slope', [1], slope)] })).toEqual([expected]);
    const computed = [
      { op: 'Add', inputs: ['slope', 'x'], outputs: ['sum'] },
      { op: 'Sub', inputs: ['sum', 'x'], outputs: ['slopes'] },
    ];
    const [products] = run(tensor([1, -1]), [...computed, { ...node, inputs: ['x', 'slopes'] }], ['y'], {
      initializers: [floats('slope', [1], slope)],
    });
    expect(products).toEqual([1, -slope]);
  },
);
