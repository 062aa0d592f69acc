// Operators of domain com.microsoft on 8-bit integers: each gives what its floats give, as the definition rounds; and files whose
// scales stand for nothing are refused.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModelSync, ready, Tensor } from '../../src/index.js';
import { dequantize, quantize } from '../reference/quantized/quantized.js';
import { type NodeSpec, onnxFile, type TensorSpec } from './onnx-file.js';

beforeAll(ready);

const domains = { 'com.microsoft': 1 };
const microsoft = (op: string, inputs: string[], attributes: NodeSpec['attributes'] = {}): NodeSpec => ({
  op,
  domain: 'com.microsoft',
  inputs,
  outputs: ['y'],
  attributes,
});

const scale = (name: string, ...values: number[]): TensorSpec => ({
  name,
  dims: values.length === 1 ? [] : [values.length],
  dataType: 1,
  floats: values,
});
const bytes = (name: string, dims: number[], ...integers: number[]): TensorSpec => ({
  name,
  dims,
  dataType: 2,
  integers,
});

const scales = [scale('as', 0.05), scale('bs', 0.03), scale('ys', 0.04)];
const zeros = [bytes('az', [], 120), bytes('bz', [], 131), bytes('yz', [], 110)];

const integers = (length: number, step: number) => Uint8Array.from({ length }, (_, i) => (i * step + 7) % 256);

function run(node: NodeSpec, given: Record<string, Tensor>, more: TensorSpec[] = [], opset = 17): Tensor {
  const inputs = Object.entries(given).map(([name, { shape, dtype }]) => ({
    name,
    shape: [...shape],
    type: { uint8: 2, bool: 9, float32: 1 }[dtype as 'uint8'],
  }));
  const file = onnxFile({
    opset,
    domains,
    inputs,
    outputs: ['y'],
    nodes: [node],
    initializers: [...scales, ...zeros, ...more],
  });
  using model = loadModelSync(file);
  return model.runSync(given).y;
}

const uint8 = (shape: number[], step: number) =>
  new Tensor(
    'uint8',
    shape,
    integers(
      shape.reduce((a, b) => a * b, 1),
      step,
    ),
  );
const aOf = (whole: number) => Math.fround(dequantize(whole, Math.fround(0.05), 120));
const bOf = (whole: number) => Math.fround(dequantize(whole, Math.fround(0.03), 131));
const yOf = (value: number) => quantize(Math.fround(value), Math.fround(0.04), 110, 'uint8');
const list = ({ data }: Tensor) => Array.from(data, Number);

const A = ['a', 'as', 'az'];
const B = ['b', 'bs', 'bz'];
const Y = ['ys', 'yz'];

describe('what floats give, within one step', () => {
  const a = uint8([1, 3, 4, 5], 37);
  const b = uint8([1, 3, 4, 5], 91);
  const close = (found: Tensor, expected: number[]) => {
    expect(found.dtype).toBe('uint8');
    expect(found.size).toBe(expected.length);
    list(found).forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1);
    });
  };

  it.each(['QLinearAdd', 'QLinearMul'])('%s', (op) => {
    const both = (x: number, y: number) => (op === 'QLinearAdd' ? x + y : x * y);
    const expected = list(a).map((whole, i) => yOf(both(aOf(whole), bOf(b.data[i]))));
    expect(list(run(microsoft(op, [...A, ...B, ...Y]), { a, b }))).toEqual(expected);
  });

  it('QLinearAdd without zeros, which are 0 then', () => {
    const found = run(microsoft('QLinearAdd', ['a', 'as', '', 'b', 'bs', '', 'ys', '']), { a, b });
    const value = (whole: number, by: number) => Math.fround(whole * Math.fround(by));
    close(
      found,
      list(a).map((whole, i) => quantize(value(whole, 0.05) + value(b.data[i], 0.03), 0.04, 0, 'uint8')),
    );
  });

  it.each([
    ['QLinearSigmoid', {}, (x: number) => 1 / (1 + Math.exp(-x))],
    ['QLinearLeakyRelu', { alpha: { float: 0.25 } }, (x: number) => (x < 0 ? 0.25 * x : x)],
  ] as const)('%s', (op, attributes, rule) => {
    close(
      run(microsoft(op, [...A, ...Y], attributes), { a }),
      list(a).map((whole) => yOf(rule(aOf(whole)))),
    );
  });

  it('QLinearConcat', () => {
    const found = run(microsoft('QLinearConcat', [...Y, ...A, ...B], { axis: 1 }), { a, b });
    expect(list(found)).toEqual([...list(a).map((one) => yOf(aOf(one))), ...list(b).map((one) => yOf(bOf(one)))]);
  });

  it('QLinearWhere', () => {
    const condition = new Tensor('bool', [5], Uint8Array.of(1, 0, 0, 1, 0));
    const found = run(microsoft('QLinearWhere', ['condition', ...A, ...B, ...Y]), { condition, a, b });
    expect(list(found)).toEqual(list(a).map((whole, i) => yOf(condition.data[i % 5] ? aOf(whole) : bOf(b.data[i]))));
  });

  it.each([0, 1])('QLinearGlobalAveragePool, channels_last %i', (channels_last) => {
    const [channels, pixels] = [channels_last ? 5 : 3, channels_last ? 12 : 20];
    const mean = (channel: number) => {
      const at = (i: number) => (channels_last ? i * channels + channel : channel * pixels + i);
      return Array.from({ length: pixels }, (_, i) => aOf(a.data[at(i)])).reduce((x, y) => x + y, 0) / pixels;
    };
    const found = run(microsoft('QLinearGlobalAveragePool', [...A, ...Y], { channels_last }), { a });
    close(
      found,
      Array.from({ length: channels }, (_, channel) => yOf(mean(channel))),
    );
  });

  it.each([0, 1])('QLinearAveragePool, padding counted: %i', (count_include_pad) => {
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad };
    const found = run(microsoft('QLinearAveragePool', [...A, ...Y], attributes), { a });
    const expected: number[] = [];
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 3; x++) {
          let [sum, cells] = [0, 0];
          for (let i = 2 * y - 1; i < 2 * y + 2; i++)
            for (let j = 2 * x - 1; j < 2 * x + 2; j++) {
              if (i < 0 || i > 3 || j < 0 || j > 4) continue;
              sum += aOf(a.data[c * 20 + i * 5 + j]);
              cells++;
            }
          expected.push(yOf(sum / (count_include_pad ? 9 : cells)));
        }
    close(found, expected);
  });

  it('QLinearReduceMean over space, its axes left out', () => {
    const attributes = { axes: [2, 3], keepdims: 0 };
    const found = run(microsoft('QLinearReduceMean', [...A, ...Y], attributes), { a });
    expect(found.shape).toEqual([1, 3]);
    const mean = (c: number) =>
      list(a)
        .slice(c * 20, c * 20 + 20)
        .reduce((x, y) => x + aOf(y), 0) / 20;
    close(
      found,
      [0, 1, 2].map((c) => yOf(mean(c))),
    );
  });

  it('QLinearSoftmax', () => {
    const x = uint8([2, 5], 3);
    const found = run(microsoft('QLinearSoftmax', [...A, ...Y], { opset: 13, axis: -1 }), { a: x });
    const rows = [0, 5].map((at) =>
      list(x)
        .slice(at, at + 5)
        .map((whole) => Math.exp(aOf(whole))),
    );
    close(
      found,
      rows.flatMap((row) => row.map((one) => yOf(one / row.reduce((p, q) => p + q, 0)))),
    );
  });

  it('NhwcMaxPool', () => {
    const found = run(microsoft('NhwcMaxPool', ['a'], { kernel_shape: [1, 4] }), { a: uint8([1, 1, 4, 3], 50) });
    expect(list(found)).toEqual(
      [0, 1, 2].map((c) => Math.max(...[0, 1, 2, 3].map((i) => (50 * (3 * i + c) + 7) % 256))),
    );
  });

  it.each([true, false])('QGemm, a scale for each column, its result quantized: %s', (isQuantized) => {
    const x = uint8([2, 3], 37);
    const w = bytes('w', [4, 3], ...integers(12, 29));
    const [ws, wz] = [scale('ws', 0.01, 0.02, 0.03, 0.04), bytes('wz', [4], 120, 121, 122, 123)];
    const c: TensorSpec = { name: 'c', dims: [4], dataType: 6, integers: [10, -20, 30, 40] };
    const inputs = [...A, 'w', 'ws', 'wz', 'c', ...(isQuantized ? Y : [])];
    const found = run(microsoft('QGemm', inputs, { transB: 1 }), { a: x }, [w, ws, wz, c]);
    const expected = [0, 1].flatMap((row) =>
      [0, 1, 2, 3].map((n) => {
        const by = Math.fround(Math.fround(ws.floats![n]) * Math.fround(0.05));
        const sum = [0, 1, 2].reduce(
          (total, k) => total + (x.data[3 * row + k] - 120) * (w.integers![3 * n + k] - wz.integers![n]),
          c.integers![n],
        );
        return sum * by;
      }),
    );
    if (isQuantized) close(found, expected.map(yOf));
    else for (const [i, value] of list(found).entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-4);
  });

  it.each(['MatMulIntegerToFloat', 'DynamicQuantizeMatMul'])('%s', (op) => {
    const isDynamic = op === 'DynamicQuantizeMatMul';
    const x = new Tensor('float32', [1, 3], Float32Array.of(-1, 2, 0.6));
    const whole = new Tensor('uint8', [1, 3], Uint8Array.of(35, 255, 128));
    const more = [bytes('w', [3, 2], 200, 3, 9, 150, 77, 130), scale('bias', 0.5, -0.5)];
    const inputs = isDynamic ? ['a', 'w', 'bs', 'bz', 'bias'] : ['a', 'w', 'as', 'bs', 'az', 'bz', 'bias'];
    const found = run(microsoft(op, inputs), { a: isDynamic ? x : whole }, more);
    const [by, zero] = isDynamic ? [3 / 255, 85] : [0.05, 120];
    const integersOfX = isDynamic ? [0, 255, 136] : [35, 255, 128];
    const expected = [0, 1].map((n) =>
      [0, 1, 2].reduce(
        (sum, k) => sum + (integersOfX[k] - zero) * by * (more[0].integers![2 * k + n] - 131) * 0.03,
        more[1].floats![n],
      ),
    );
    for (const [i, value] of list(found).entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-4);
  });
});

it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a scale of %d is refused by name', (wrong) => {
  const a = uint8([1, 3, 4, 5], 37);
  const node = microsoft('QLinearSigmoid', ['a', 'wrong', 'az', ...Y]);
  expect(() => run(node, { a }, [scale('wrong', wrong)])).toThrow(/QLinearSigmoid.*has the scale.*as its input 1/);
  const plain: NodeSpec = { op: 'QuantizeLinear', inputs: ['x', 'wrong'], outputs: ['y'] };
  const x = new Tensor('float32', [1], new Float32Array(1));
  expect(() => run(plain, { x }, [scale('wrong', wrong)])).toThrow(/QuantizeLinear.*has the scale/);
});
