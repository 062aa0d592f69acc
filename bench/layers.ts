// A line of a shape file as a layer to measure: a graph of one node, its data, and the same in plain JavaScript.

import type { Graph } from '../src/graph/graph.js';
import { inference } from '../src/graph/inference.js';
import type { Attributes } from '../src/ops/operator.js';
import { Tensor } from '../src/tensor.js';
import * as naive from './naive.js';
import { uniform } from './random.js';
import activationShapes from './shapes/activation.txt';
import convShapes from './shapes/conv.txt';
import depthwiseShapes from './shapes/depthwise.txt';
import elementwiseShapes from './shapes/elementwise.txt';
import gemmShapes from './shapes/gemm.txt';
import pointwiseShapes from './shapes/pointwise.txt';
import poolShapes from './shapes/pool.txt';
import quantizedShapes from './shapes/quantized.txt';
import softmaxShapes from './shapes/softmax.txt';
import { parseShapes, type Shape } from './shapes.js';

export interface Layer {
  readonly label: string;
  readonly graph: Graph;
  /** One array a graph input. */
  readonly inputs: readonly Float32Array[];
  /** Floating-point operations of the whole layer; elements or window cells where it doesn't multiply and add. */
  readonly operations: number;
  /** Extent of the outermost output axis, of which the plain version computes a share. */
  readonly units: number;
  /** Computes the first units in plain JavaScript into a new array at first, the same one later. */
  readonly naive: (units: number) => Float32Array;
}

/** Families by the name of their shape file. */
export const families = { gemm, pointwise: conv, conv, depthwise, pool, elementwise, activation, softmax };
export type Family = keyof typeof families;

const files: Readonly<Record<Family, string>> = {
  gemm: gemmShapes,
  pointwise: pointwiseShapes,
  conv: convShapes,
  depthwise: depthwiseShapes,
  pool: poolShapes,
  elementwise: elementwiseShapes,
  activation: activationShapes,
  softmax: softmaxShapes,
};

/** The layers of a family, in the order of its file. */
export function layersOf(family: Family): Layer[] {
  return parseShapes(files[family]).map(families[family]);
}

/** The layers that are measured in 8 bits too, in float32. */
export function quantizedLayers(): Layer[] {
  return parseShapes(quantizedShapes).map((shape) => families[shape.kind as Family](shape));
}

/** Families whose operations are multiply-adds, so that a share of the peak means something. */
export const multiplyAddFamilies: readonly Family[] = ['gemm', 'pointwise', 'conv', 'depthwise'];

const RELU = { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY };
const RELU6 = { activation: 'clip', alpha: 0, beta: 6 };

function gemm(shape: Shape): Layer {
  const [m, k, n] = numbers(shape, 'm', 'k', 'n');
  const [a, b, bias, y] = [randoms(m * k), randoms(k * n), randoms(n), new Float32Array(m * n)];
  return {
    label: `${shape.layer} ${m}x${k}x${n}`,
    graph: oneNode('matmul', { a: [m, k] }, { b: [b, [k, n]], bias: [bias, [n]] }, {}),
    inputs: [a],
    operations: 2 * m * k * n,
    units: m,
    naive: (units) => {
      naive.matmul(a, b, bias, y, { units, k, n });
      return y;
    },
  };
}

function windowOf(shape: Shape): naive.Window {
  const [height, width, channels, kernel] = numbers(shape, 'height', 'width', 'channels', 'kernel');
  const [stride, padding] = numbers(shape, 'stride', 'padding');
  const outputWidth = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  return { height, width, channels, kernel, stride, padding, outputWidth };
}

function rowsOf({ height, kernel, stride, padding }: naive.Window): number {
  return Math.floor((height + 2 * padding - kernel) / stride) + 1;
}

function windowAttributes({ kernel, stride, padding }: naive.Window): Attributes {
  return { kernelShape: [kernel, kernel], strides: [stride, stride], padding: [padding, padding, padding, padding] };
}

function windowLabel(shape: Shape, { height, width, channels, kernel, stride }: naive.Window, filters = 0): string {
  const depth = filters ? `${channels}->${filters}` : channels;
  return `${shape.layer} ${kernel}x${kernel}${stride > 1 ? `/${stride}` : ''} ${depth} @${height}x${width}`;
}

function conv(shape: Shape): Layer {
  const window = windowOf(shape);
  const { height, width, channels, kernel, stride, padding, outputWidth } = window;
  const [filters] = numbers(shape, 'filters');
  const area = kernel * kernel;
  const units = rowsOf(window);
  const [x, w, bias] = [randoms(height * width * channels), randoms(filters * area * channels), randoms(filters)];
  const ordered = Float32Array.from(w, (_, at) => {
    const [f, tap, c] = [Math.floor(at / (area * channels)), Math.floor(at / channels) % area, at % channels];
    return w[(f * channels + c) * area + tap];
  });
  const y = new Float32Array(units * outputWidth * filters);
  return {
    label: windowLabel(shape, window, filters),
    graph: oneNode(
      'conv',
      { x: [1, height, width, channels] },
      { w: [w, [filters, channels, kernel, kernel]], bias: [bias, [filters]] },
      { strides: [stride, stride], padding: [padding, padding, padding, padding], ...RELU },
    ),
    inputs: [x],
    operations: 2 * y.length * area * channels,
    units,
    naive: (rows) => {
      naive.conv(x, ordered, bias, y, rows, window);
      return y;
    },
  };
}

function depthwise(shape: Shape): Layer {
  const window = windowOf(shape);
  const { height, width, channels, kernel, stride, padding, outputWidth } = window;
  const area = kernel * kernel;
  const units = rowsOf(window);
  const [x, w, bias] = [randoms(height * width * channels), randoms(channels * area), randoms(channels)];
  const ordered = Float32Array.from(w, (_, at) => w[(at % channels) * area + Math.floor(at / channels)]);
  const y = new Float32Array(units * outputWidth * channels);
  return {
    label: windowLabel(shape, window),
    graph: oneNode(
      'conv',
      { x: [1, height, width, channels] },
      { w: [w, [channels, 1, kernel, kernel]], bias: [bias, [channels]] },
      { strides: [stride, stride], padding: [padding, padding, padding, padding], groups: channels, ...RELU6 },
    ),
    inputs: [x],
    operations: 2 * y.length * area,
    units,
    naive: (rows) => {
      naive.depthwise(x, ordered, bias, y, rows, window);
      return y;
    },
  };
}

function pool(shape: Shape): Layer {
  const window = windowOf(shape);
  const { height, width, channels, kernel, outputWidth } = window;
  const units = rowsOf(window);
  const op = { max: 'maxPool', average: 'averagePool', 'global-average': 'globalAveragePool' }[shape.kind]!;
  const x = randoms(height * width * channels);
  const y = new Float32Array(units * outputWidth * channels);
  const plain = shape.kind === 'max' ? naive.maxPool : naive.averagePool;
  return {
    label: `${windowLabel(shape, window)} ${shape.kind}`,
    graph: oneNode(
      op,
      { x: [1, height, width, channels] },
      {},
      op === 'globalAveragePool' ? {} : windowAttributes(window),
    ),
    inputs: [x],
    operations: y.length * kernel * kernel,
    units,
    naive: (rows) => {
      plain(x, y, rows, window);
      return y;
    },
  };
}

function elementwise(shape: Shape): Layer {
  const [height, width, channels] = numbers(shape, 'height', 'width', 'channels');
  const operation = shape.operation as keyof typeof naive.elementwise;
  const byChannel = operation === 'mulByChannel';
  const count = height * width * channels;
  const [a, b, y] = [randoms(count), randoms(byChannel ? channels : count), new Float32Array(count)];
  const plain = naive.elementwise[operation];
  return {
    label: `${shape.layer} ${operation} ${height}x${width}x${channels}`,
    graph: oneNode(
      'binary',
      { a: [1, height, width, channels], b: byChannel ? [1, 1, 1, channels] : [1, height, width, channels] },
      {},
      { operation: byChannel ? 'mul' : operation },
    ),
    inputs: [a, b],
    operations: count,
    units: height * width,
    naive: (units) => {
      plain(a, b, y, units * channels);
      return y;
    },
  };
}

function activation(shape: Shape): Layer {
  const [height, width, channels] = numbers(shape, 'height', 'width', 'channels');
  const count = height * width * channels;
  const name = shape.activation as keyof typeof naive.activations;
  const [x, y] = [randoms(count), new Float32Array(count)];
  const plain = naive.activations[name];
  const attributes = { relu: RELU, leakyRelu: { activation: name, alpha: 0.01 } }[name as string] ?? {
    activation: name,
  };
  return {
    label: `${shape.layer} ${name} ${height}x${width}x${channels}`,
    graph: oneNode('activation', { x: [1, height, width, channels] }, {}, attributes),
    inputs: [x],
    operations: count,
    units: count,
    naive: (units) => {
      plain(x, y, units);
      return y;
    },
  };
}

function softmax(shape: Shape): Layer {
  const [rows, classes] = numbers(shape, 'rows', 'classes');
  const [x, y] = [randoms(rows * classes), new Float32Array(rows * classes)];
  return {
    label: `${shape.layer} ${rows}x${classes}`,
    graph: oneNode('softmax', { x: [rows, classes] }, {}, { axis: -1 }),
    inputs: [x],
    operations: rows * classes,
    units: rows,
    naive: (units) => {
      naive.softmax(x, y, units, classes);
      return y;
    },
  };
}

function numbers(shape: Shape, ...columns: string[]): number[] {
  return columns.map((column) => Number(shape[column]));
}

/** A graph of one node; the constants come behind the inputs. */
function oneNode(
  op: string,
  inputs: Readonly<Record<string, readonly number[]>>,
  constants: Readonly<Record<string, readonly [data: Float32Array, shape: readonly number[]]>>,
  attributes: Attributes,
): Graph {
  const names = [...Object.keys(inputs), ...Object.keys(constants)];
  return {
    dialect: inference,
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, dtype: 'float32', shape })),
    outputs: ['y'],
    nodes: [{ name: op, op, inputs: names, outputs: ['y'], attributes }],
    constants: new Map(
      Object.entries(constants).map(([name, [data, shape]]) => [name, new Tensor('float32', shape, data)]),
    ),
  };
}

/** Numbers from -1 to 1. */
function randoms(count: number): Float32Array {
  return uniform(count, -1, 1, 1);
}
