// What lies between dequantize and quantize is computed in 8 bits. Scales are powers of two, so that floats are exact too.
import { describe, expect, it } from 'vitest';
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
    expect(graph.types.get(graph.outputs[0])?.dtype).toBe(dtype);
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

  it('the floats that something else reads: they come from sums of integers', () => {
    const conv = (net: Quantizing) =>
      net.node('y', 'conv', [net.floatsOf('x', 2 ** -5), ...net.weights([8, 5, 1, 1], 2 ** -5)]);
    expect(layers(conv, ['y'])).toEqual(['convInteger', 'scaleSums', 'quantize']);
  });

  it('weights of floats', () => {
    const floatWeights = (net: Quantizing) => net.conv('y', net.floatsOf('x', 2 ** -5), [8, 5, 1, 1]);
    expect(layers(floatWeights)).toEqual(['dequantize', 'conv', 'quantize']);
  });

  it('scales that stand for nothing', () => {
    for (const scale of [0, -1, Number.NaN]) {
      const relu = (net: Quantizing) => net.relu('y', net.floatsOf('x', scale, zero(5)));
      expect(layers(relu)).toEqual(['dequantize', 'activation', 'quantize']);
    }
  });
});

describe('layers around products', () => {
  const origin = zero(120);
  const layer = (
    shape: readonly number[],
    make: (net: Quantizing, x: string) => string,
    names: string[],
    roundings = 0,
  ) => {
    const net = new Quantizing();
    net.input('x', shape, 'uint8');
    net.quantized('q', make(net, net.floatsOf('x', 0.05, origin)), 0.03, zero(110));
    // Integers as floats, for bounds are of floats.
    const output = roundings > 0 ? net.floatsOf('q', 1) : 'q';
    const graph = applied(['eight bits'], net.graph(output), { x: random('uint8', shape, 2) }, roundings);
    expect(operatorsOf(graph)).toEqual(names);
    return graph;
  };
  /** As many roundings as the next integer is away from 1. */
  const step = 2 ** 24;

  it.each([
    ['maxPool', { kernelShape: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] }],
    ['globalMaxPool', {}],
  ])('%s selects, whatever its size', (op, attributes) => {
    layer([2, 5, 6, 17], (net, x) => net.node('y', op, [x], attributes), ['maxPool', 'lookUp']);
  });

  it.each([
    ['averagePool', { kernelShape: [3, 3], padding: [1, 0, 1, 1], includePadding: true }],
    ['averagePool', { kernelShape: [2, 3], padding: [1, 0, 1, 1], strides: [2, 1], ceil: true }],
    ['averagePool', { kernelShape: [12, 13], padding: [0, 0, 0, 0] }],
    ['globalAveragePool', {}],
    ['reduce', { reduction: 'mean', axes: [1, 2], keepDims: true }],
    ['reduce', { reduction: 'mean', axes: [-2, 1], keepDims: false }],
  ])('%s %j is off by an integer at most', (op, attributes) => {
    layer([2, 13, 14, 19], (net, x) => net.node('y', op, [x], attributes), ['integerAveragePool', 'dequantize'], step);
  });

  it('what is padded, resized, sliced, split and reordered without leaving 8 bits', () => {
    layer(
      [1, 4, 4, 3],
      (net, x) => {
        net.node('wide', 'pad', [x], { padding: [0, 1, 0, 0, 0, 2, 1, 0], value: 0 });
        net.node('large', 'resize', ['wide'], { mode: 'nearest', scales: [1, 2, 2, 1] });
        return net.node('turned', 'transpose', ['large'], { permutation: [0, 3, 1, 2] });
      },
      ['pad', 'resize', 'transpose', 'lookUp'],
    );
  });

  it('x * sigmoid(x), also with its sigmoid quantized, is one table', () => {
    const gate = (net: Quantizing, x: string) =>
      net.node('gate', 'activation', [x], { activation: 'sigmoid', alpha: 0, beta: 0 });
    layer([2, 9], (net, x) => net.binary('y', 'mul', x, gate(net, x)), ['lookUp']);
    layer(
      [2, 9],
      (net, x) => {
        net.quantized('whole', gate(net, x), 1 / 256, zero(0));
        return net.binary('y', 'mul', x, net.floatsOf('whole', 1 / 256, zero(0)));
      },
      ['lookUp'],
    );
  });

  it('functions with constants of one element are tables too', () => {
    layer(
      [2, 9],
      (net, x) => {
        net.constant('half', tensor(0.5, [1, 1]));
        return net.relu('y', net.binary('sum', 'sub', x, 'half'));
      },
      ['lookUp'],
    );
  });

  it('a quantized ReLU behind a quantized sum bounds the sum', () => {
    const graph = layer(
      [1, 3, 4],
      (net, x) => {
        net.quantized('sum', net.binary('s', 'add', x, x), 0.03, zero(110));
        return net.relu('y', net.floatsOf('sum', 0.03, zero(110)));
      },
      ['lookUp'],
    );
    expect(graph.nodes[0].inputs[0]).toBe('x');
    const net = new Quantizing();
    for (const name of ['a', 'b']) net.input(name, [1, 3, 4], 'uint8');
    net.binary('s', 'add', net.floatsOf('a', 0.02), net.floatsOf('b', 0.05, origin));
    net.quantized('sum', 's', 0.03, zero(110));
    net.quantized('q', net.relu('y', net.floatsOf('sum', 0.03, zero(110))), 0.03, zero(110));
    const inputs = { a: random('uint8', [1, 3, 4], 2), b: random('uint8', [1, 3, 4], 3) };
    const bounded = applied(['eight bits'], net.graph('q'), inputs);
    expect(operatorsOf(bounded)).toEqual(['add']);
    expect(bounded.nodes[0].attributes).toMatchObject({ low: 110, high: 255 });
  });

  it('squeeze and excite: a factor for each channel', () => {
    const net = new Quantizing();
    net.input('x', [1, 4, 5, 9], 'uint8');
    net.input('gate', [1, 1, 1, 9], 'uint8');
    net.binary('y', 'mul', net.floatsOf('x', 0.05, origin), net.floatsOf('gate', 1 / 256));
    net.quantized('q', 'y', 0.03, zero(110));
    const inputs = { x: random('uint8', [1, 4, 5, 9], 2), gate: random('uint8', [1, 1, 1, 9], 3) };
    expect(operatorsOf(applied(['eight bits'], net.graph('q'), inputs))).toEqual(['mul']);
  });

  it('a bias of floats, rounded to units of the sums, here exactly', () => {
    const net = new Quantizing();
    net.input('x', [1, 4, 4, 5], 'uint8');
    const [weights] = net.weights([8, 5, 1, 1], 2 ** -5);
    net.constant(
      'added',
      tensor(
        Float32Array.from({ length: 8 }, (_, i) => (i - 3) / 4),
        [8],
      ),
    );
    net.node('y', 'conv', [net.floatsOf('x', 2 ** -5, origin), weights, 'added']);
    net.quantized('q', 'y', 2 ** -3, zero(100));
    const graph = applied(['constants', 'eight bits'], net.graph('q'), { x: random('uint8', [1, 4, 4, 5], 2) });
    expect(operatorsOf(graph)).toEqual(['convInteger']);
  });

  it('sums scaled by what a run finds are one step: cast, scale, bias and activation', () => {
    const net = new Quantizing();
    net.input('x', [2, 7], 'float32');
    net.constant('w', random('int8', [7, 5], 3));
    net.constant('w.scale', tensor(2 ** -6, [1]));
    net.constant('bias', tensor([1, -1, 0.5, 2, 3], [5]));
    net.nodes.push({ name: 'range', op: 'dynamicAffine', inputs: ['x'], outputs: ['scale', 'zero'], attributes: {} });
    net.node('whole', 'quantize', ['x', 'scale', 'zero']);
    net.node('sums', 'matmulInteger', ['whole', 'w', 'zero']);
    net.node('floats', 'cast', ['sums'], { to: 'float32' });
    net.binary('scaled', 'mul', 'floats', net.binary('factor', 'mul', 'scale', 'w.scale'));
    net.relu('y', net.binary('biased', 'add', 'scaled', 'bias'));
    const x = tensor(randomFloats(5)(14), [2, 7]);
    const graph = applied(['eight bits', 'activations'], net.graph('y'), { x });
    expect(operatorsOf(graph)).toEqual(['dynamicAffine', 'quantize', 'matmulInteger', 'mul', 'scaleSums clip']);
  });
});
