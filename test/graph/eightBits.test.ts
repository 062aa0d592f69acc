// What lies between dequantize and quantize is computed in 8 bits. Scales are powers of two, so that floats are exact too.
import { describe, expect, it } from 'vitest';
import { ElementType } from '../../src/ops/kernels.generated.js';
import { newArray, Tensor, tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';
import { applied, operatorsOf } from './applied.js';
import { Network } from './network.js';

type EightBit = 'int8' | 'uint8';

function random(dtype: EightBit, shape: readonly number[], seed: number): Tensor {
  const data = newArray(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  const low = dtype === 'int8' ? -128 : 0;
  randomFloats(seed)(data.length).forEach((value, i) => {
    data[i] = low + Math.floor((value + 1) * 128);
  });
  return new Tensor(dtype, shape, data);
}

class Quantizing extends Network {
  /** The floats that the integers `name` stand for. */
  floatsOf(name: string, scale: number, zero?: Tensor): string {
    return this.node(`${name}.float`, 'dequantize', [name, ...this.affine(`${name}.float`, scale, zero)]);
  }

  quantized(name: string, input: string, scale: number, zero?: Tensor): string {
    return this.node(name, 'quantize', [input, ...this.affine(name, scale, zero)]);
  }

  private affine(name: string, scale: number, zero: Tensor | undefined): string[] {
    this.constant(`${name}.scale`, tensor(scale, []));
    return [`${name}.scale`, ...(zero ? [this.constant(`${name}.zero`, zero)] : [])];
  }

  /** Filters [F, ...] of int8 with a scale each, and a bias of int32 at the scale of the sums. */
  weights(shape: readonly number[], xScale: number, axis = 0): string[] {
    const scales = Float32Array.from({ length: shape[axis] }, (_, i) => 2 ** -(5 + (i % 3)));
    const form = shape.map((extent, at) => (at === axis ? extent : 1));
    this.constant('w', random('int8', shape, 7));
    this.constant('w.scale', tensor(scales, form));
    this.node('w.float', 'dequantize', ['w', 'w.scale']);
    this.constant(
      'b',
      tensor(
        Int32Array.from(scales, (_, i) => 100 * i - 200),
        [shape[axis]],
      ),
    );
    this.constant(
      'b.scale',
      tensor(
        scales.map((scale) => scale * xScale),
        [shape[axis]],
      ),
    );
    this.node('b.float', 'dequantize', ['b', 'b.scale']);
    return ['w.float', 'b.float'];
  }
}

const zero = (value: number, dtype: EightBit = 'uint8') =>
  new Tensor(dtype, [], newArray(dtype, 1).fill(value as never) as never);

describe.each(['uint8', 'int8'] as const)('%s', (dtype) => {
  const origin = zero(dtype === 'uint8' ? 130 : 3, dtype);

  it.each([
    ['alone', undefined],
    ['with ReLU', { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY }],
    ['with ReLU6', { activation: 'clip', alpha: 0, beta: 6 }],
  ])('a convolution %s', (_, activation) => {
    for (const filters of [
      [9, 5, 3, 3],
      [5, 1, 3, 3],
    ]) {
      const net = new Quantizing();
      net.input('x', [1, 6, 7, 5], dtype);
      const groups = 5 / filters[1];
      net.node('y', 'conv', [net.floatsOf('x', 2 ** -5, origin), ...net.weights(filters, 2 ** -5)], {
        padding: [1, 1, 1, 1],
        groups,
      });
      const last = activation ? net.node('act', 'activation', ['y'], activation) : 'y';
      net.quantized('q', last, 2 ** -3, origin);
      const graph = applied(['constants', 'eight bits'], net.graph('q'), { x: random(dtype, [1, 6, 7, 5], 2) });
      expect(operatorsOf(graph)).toEqual(['convInteger']);
    }
  });

  it.each([true, false])('a fully connected layer, its weights transposed: %s', (transposeB) => {
    const net = new Quantizing();
    net.input('x', [3, 17], dtype);
    const shape = transposeB ? [11, 17] : [17, 11];
    const weights = net.weights(shape, 2 ** -5, transposeB ? 0 : 1);
    net.node('y', 'matmul', [net.floatsOf('x', 2 ** -5, origin), ...weights], { transposeB });
    net.quantized('q', 'y', 2 ** -3, origin);
    const graph = applied(['constants', 'eight bits'], net.graph('q'), { x: random(dtype, [3, 17], 2) });
    expect(operatorsOf(graph)).toEqual(['matmulInteger']);
  });

  it.each(['add', 'sub', 'mul'])('%s, of two scales, bounded by ReLU', (operation) => {
    const net = new Quantizing();
    net.input('a', [1, 3, 5, 7], dtype);
    net.input('b', [1, 3, 5, 7], 'uint8');
    net.binary('sum', operation, net.floatsOf('a', 0.013, origin), net.floatsOf('b', 0.021, zero(120)));
    net.quantized('q', net.relu('relu', 'sum'), 0.017, origin);
    const inputs = { a: random(dtype, [1, 3, 5, 7], 2), b: random('uint8', [1, 3, 5, 7], 3) };
    const graph = applied(['eight bits'], net.graph('q'), inputs);
    expect(operatorsOf(graph)).toEqual([operation]);
    expect(graph.types.get('q')?.dtype).toBe(dtype);
  });

  it('functions of single elements are a table', () => {
    const net = new Quantizing();
    net.input('x', [2, 9], dtype);
    net.node('swish', 'activation', [net.floatsOf('x', 0.05, origin)], { activation: 'hardSwish' });
    net.node('root', 'unary', ['swish'], { operation: 'abs' });
    net.quantized('q', 'root', 0.03, origin);
    const graph = applied(['eight bits'], net.graph('q'), { x: random(dtype, [2, 9], 2) });
    expect(operatorsOf(graph)).toEqual(['lookUp']);
  });

  it('what only moves stays as it is; of other scales it is looked up', () => {
    const net = new Quantizing();
    net.input('a', [1, 2, 3, 4], dtype);
    net.input('b', [1, 2, 3, 5], dtype);
    const parts = [net.floatsOf('a', 0.05, origin), net.floatsOf('b', 0.07)];
    net.node('both', 'concat', parts, { axis: 3 });
    net.quantized('c', 'both', 0.05, origin);
    net.node('turned', 'transpose', [net.floatsOf('c', 0.05, origin)], { permutation: [0, 3, 1, 2] });
    net.quantized('q', 'turned', 0.05, origin);
    const inputs = { a: random(dtype, [1, 2, 3, 4], 2), b: random(dtype, [1, 2, 3, 5], 3) };
    const graph = applied(['eight bits'], net.graph('q'), inputs);
    expect(operatorsOf(graph)).toEqual(['lookUp', 'concat', 'transpose']);
    expect(ElementType[graph.types.get('q')!.dtype]).toBe(ElementType[dtype]);
  });
});

describe('what stays', () => {
  const layers = (change: (net: Quantizing) => string, outputs: string[] = []) => {
    const net = new Quantizing();
    net.input('x', [1, 4, 4, 5], 'uint8');
    net.quantized('q', change(net), 2 ** -3, zero(100));
    const graph = applied(['constants', 'eight bits'], net.graph('q', ...outputs), {
      x: random('uint8', [1, 4, 4, 5], 2),
    });
    return operatorsOf(graph);
  };

  it('floats that something else reads', () => {
    const conv = (net: Quantizing) =>
      net.node('y', 'conv', [net.floatsOf('x', 2 ** -5), ...net.weights([8, 5, 1, 1], 2 ** -5)]);
    expect(layers(conv, ['y'])).toEqual(['dequantize', 'conv', 'quantize']);
  });

  it('weights and biases of floats, and biases of other scales', () => {
    const floatWeights = (net: Quantizing) => net.conv('y', net.floatsOf('x', 2 ** -5), [8, 5, 1, 1]);
    expect(layers(floatWeights)).toEqual(['dequantize', 'conv', 'quantize']);
    const otherScale = (net: Quantizing) =>
      net.node('y', 'conv', [net.floatsOf('x', 2 ** -5), ...net.weights([8, 5, 1, 1], 2 ** -4)]);
    expect(layers(otherScale)).toEqual(['dequantize', 'conv', 'quantize']);
  });

  it('scales that stand for nothing', () => {
    for (const scale of [0, -1, Number.NaN]) {
      const relu = (net: Quantizing) => net.relu('y', net.floatsOf('x', scale, zero(5)));
      expect(layers(relu)).toEqual(['dequantize', 'activation', 'quantize']);
    }
  });
});
