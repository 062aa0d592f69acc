// Nodes that ask for what can't be: each is refused with an error that says why, and soon, however much it asks for.
import { beforeAll, describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { loadModel, ready } from '../../src/model/load.js';
import { bytesOf, type NodeSpec, onnxFile, type TensorSpec, type ValueSpec } from './onnx-file.js';
import { int64 } from './onnx-reading.js';

beforeAll(ready);

const HUGE = 2 ** 53 - 1;
const map: ValueSpec = { name: 'x', shape: [1, 4, 2, 2] };
const matrix: ValueSpec = { name: 'x', shape: [2, 3] };

const floats = (name: string, dims: number[], ...values: number[]): TensorSpec => ({
  name,
  dims,
  dataType: 1,
  raw: bytesOf(Float32Array.from(values)),
});

interface Asked {
  /** Default: a float32 [2, 3]. */
  readonly x?: ValueSpec;
  readonly attributes?: NodeSpec['attributes'];
  /** Constants; these are the inputs behind x. */
  readonly constants?: TensorSpec[];
  readonly inputs?: string[];
  readonly opset?: number;
  /** Nodes in place of the one. */
  readonly nodes?: NodeSpec[];
}

/** Loads a model of one node. */
async function refusal(op: string, asked: Asked): Promise<QuadlaneError> {
  const { x = matrix, attributes, constants = [], opset = 20 } = asked;
  const inputs = asked.inputs ?? ['x', ...constants.map(({ name }) => name!)];
  const nodes = asked.nodes ?? [{ op, inputs, outputs: ['y'], attributes }];
  const file = onnxFile({ inputs: [x], outputs: ['y'], nodes, initializers: constants, opset });
  const outcome = await loadModel(file).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(QuadlaneError);
  return outcome as QuadlaneError;
}

function refuse(cases: [op: string, message: RegExp, asked: Asked][]): void {
  it.each(cases)('%s: %s', async (op, message, asked) => {
    expect((await refusal(op, asked)).message).toMatch(message);
  });
}

describe('what a saved model could not be', () => {
  const outputs = ['a', 'b', 'y'];
  refuse([
    ['Concat', /"Concat_0" \(Concat\) lacks its input 0/, { inputs: [], attributes: { axis: 0 } }],
    ['Sum', /lacks its input 0/, { inputs: [''] }],
    [
      'Dropout',
      /"y" is read, but its Dropout "" has no such output/,
      { nodes: [{ op: 'Dropout', inputs: ['x'], outputs }] },
    ],
  ]);
});

describe('a few bytes that ask for much', () => {
  const scale = floats('scale', [3], 1, 1, 1);
  const indices: ValueSpec = { name: 'x', type: 7, shape: [1] };
  const large = 2n ** 28n;
  refuse([
    ['QuantizeLinear', /has axis -2147483648 over 2 axes/, { attributes: { axis: -(2 ** 31) }, constants: [scale] }],
    ['QuantizeLinear', /has axis -9007199254740991/, { attributes: { axis: -HUGE }, constants: [scale] }],
    [
      'GatherND',
      /behind -2147483648 batch axes/,
      { attributes: { batch_dims: -(2 ** 31) }, constants: [{ ...int64('indices', 0n), dims: [1, 1] }] },
    ],
    [
      'OneHot',
      /\[1, 2147483647\] has more than/,
      { x: indices, constants: [int64('d', 2n ** 31n - 1n), floats('v', [2], 0, 1)] },
    ],
    [
      'OneHot',
      /oneHot "OneHot_0".* make it 4194304 or less/,
      { x: indices, constants: [int64('d', large), floats('v', [2], 0, 1)] },
    ],
    [
      'Hardmax',
      /make it 4194304 or less/,
      {
        constants: [int64('shape', 1n, large)],
        nodes: [
          { op: 'Expand', inputs: ['x', 'shape'], outputs: ['wide'] },
          { op: 'Hardmax', inputs: ['wide'], outputs: ['y'] },
        ],
        x: { name: 'x', shape: [1, 1] },
      },
    ],
    [
      'Range',
      /make it 4194304 or less/,
      {
        inputs: ['from', 'to', 'by'],
        constants: [
          { ...int64('from', 0n), dims: [] },
          { ...int64('to', large), dims: [] },
          { ...int64('by', 1n), dims: [] },
        ],
      },
    ],
    ['Tile', /has more than 1073741824 elements/, { constants: [int64('repeats', large, large)] }],
    ['Pad', /has more than 1073741824 elements/, { constants: [int64('pads', 0n, large, 0n, large * 2n)] }],
    ['Pad', /more than 65536 copies/, { attributes: { mode: 'wrap' }, constants: [int64('pads', 0n, large, 0n, 0n)] }],
    [
      'Pad',
      /more than 65536 copies/,
      { attributes: { mode: 'reflect' }, constants: [int64('pads', 3000n, 3000n, 0n, 0n)] },
    ],
    ['Pad', /activations need/, { attributes: { mode: 'edge' }, constants: [int64('pads', 0n, large, 0n, 0n)] }],
    ['AveragePool', /of a possible size/, { x: map, attributes: { kernel_shape: [HUGE, 1], auto_pad: 'SAME_UPPER' } }],
    [
      'AveragePool',
      /of a possible size/,
      { x: map, attributes: { kernel_shape: [2 ** 20, 1], dilations: [2 ** 20, 1], auto_pad: 'SAME_UPPER' } },
    ],
    [
      'RoiAlign',
      /up to 1024 samples/,
      {
        x: map,
        attributes: { sampling_ratio: 65535 },
        constants: [floats('rois', [1, 4], 0, 0, 2, 2), int64('images', 0n)],
      },
    ],
    [
      'GlobalMaxPool',
      /the rank of its input "r" isn't in the file/,
      {
        x: { name: 'x', type: 7, shape: [10 ** 9] },
        constants: [floats('w', [1], 1)],
        nodes: [
          { op: 'Reshape', inputs: ['w', 'x'], outputs: ['r'] },
          { op: 'GlobalMaxPool', inputs: ['r'], outputs: ['y'] },
        ],
      },
    ],
  ]);

  it('ConvTranspose with a stride of a prime number', async () => {
    const attributes = { strides: [1_000_000_007, 1], output_padding: [2000, 0] };
    const nodes = [{ op: 'ConvTranspose', inputs: ['x', 'w'], outputs: ['y'], attributes }];
    const file = onnxFile({
      inputs: [{ name: 'x', shape: [1, 1, 1, 1] }],
      outputs: ['y'],
      nodes,
      initializers: [floats('w', [1, 1, 1, 1], 1)],
    });
    const model = await loadModel(file);
    expect(model.outputs.y.shape).toEqual([1, 1, 2001, 1]);
  });
});

describe('lists and types that are not', () => {
  const vector: ValueSpec = { name: 'x', shape: [4] };
  const listed = /has floats in its input 1, which lists axes or sizes/;
  refuse([
    ['Split', listed, { x: vector, constants: [floats('sizes', [2], 0.79, 3.21)] }],
    ['Tile', listed, { x: vector, constants: [floats('repeats', [1], 1.5)] }],
    ['Slice', listed, { x: vector, constants: [floats('from', [1], 0.5), int64('to', 2n)] }],
    ['Cast', /it converts to element type 0/, { attributes: { to: 0 } }],
    ['Relu', /inputs of type element type 0/, { x: { ...vector, type: 0 } }],
  ]);
});

describe('inputs that are absent, or of another rank', () => {
  const kernel = (...dims: number[]) => [
    floats('w', dims, ...new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(1)),
  ];
  refuse([
    ['Conv', /over -1 spatial axes, not 1 to 3/, { x: map, constants: kernel(4) }],
    ['Conv', /over -2 spatial axes/, { x: map, constants: kernel() }],
    ['ConvTranspose', /over -1 spatial axes/, { x: map, constants: kernel(4) }],
    ['MaxPool', /over 0 spatial axes/, { x: map, attributes: { kernel_shape: [] } }],
    [
      'Concat',
      /must agree in type and all other axes: float32 \[2, 3\], float32 \[3\]/,
      { attributes: { axis: 1 }, constants: kernel(3) },
    ],
    ['Concat', /must agree in type and all other axes/, { attributes: { axis: 1 }, constants: kernel(2, 3, 1) }],
    ['Concat', /lacks its input 1/, { attributes: { axis: 0 }, inputs: ['x', ''] }],
    ['Dropout', /lacks its input 0/, { inputs: ['', 'x'] }],
    ['GridSample', /lacks its input 1/, { x: map }],
    ['Resize', /lacks its input 2/, { x: map }],
    ['Upsample', /lacks its input 1/, { x: map, opset: 9 }],
    ['RoiAlign', /lacks its input 1/, { x: map }],
    [
      'Reshape',
      /input 1 lists more than 1024 numbers/,
      {
        constants: [int64('count', 2000n)],
        nodes: [
          {
            op: 'ConstantOfShape',
            inputs: ['count'],
            outputs: ['sizes'],
            attributes: { value: { name: 'one', ...int64('one', 1n) } },
          },
          { op: 'Reshape', inputs: ['x', 'sizes'], outputs: ['y'] },
        ],
      },
    ],
  ]);
});

describe('outputs that an operator does not have', () => {
  const relu: NodeSpec = { op: 'Relu', name: 'first', inputs: ['x'], outputs: ['a', 'b'] };
  const message = /"b" is read, but activation "first" has no such output; export the model again/;
  refuse([
    ['Relu', message, { nodes: [relu, { op: 'Add', inputs: ['b', 'x'], outputs: ['y'] }] }],
    ['Relu', message, { nodes: [relu, { op: 'Reshape', inputs: ['x', 'b'], outputs: ['y'] }] }],
    ['Relu', /"y" is read, but activation "first"/, { nodes: [{ ...relu, outputs: ['a', 'y'] }] }],
    [
      'Identity',
      /"y" is read, but its Identity "" has no such output/,
      { nodes: [{ op: 'Identity', inputs: ['c'], outputs: ['a', 'y'] }], constants: [floats('c', [1], 1)] },
    ],
  ]);

  it.each([['Relu'], ['Flatten'], ['Softmax']])('%s with one that nobody reads', async (op) => {
    const nodes = [{ op, inputs: ['x'], outputs: ['y', 'b'] }];
    const model = await loadModel(onnxFile({ inputs: [matrix], outputs: ['y'], nodes }));
    expect(Object.keys(model.outputs)).toEqual(['y']);
  });
});

describe('attributes that choose what is not there', () => {
  const sizes = int64('sizes', 1n, 4n, 4n, 4n);
  const scatter = [{ ...int64('i', 0n), dims: [1, 1] }, floats('u', [1, 1], 1)];
  const resize = (attributes: NodeSpec['attributes']): Asked => ({
    x: map,
    attributes,
    inputs: ['x', '', '', 'sizes'],
    constants: [sizes],
  });
  refuse([
    [
      'Pad',
      /has mode "__proto__", not one of constant, edge, reflect, wrap/,
      { attributes: { mode: '__proto__' }, constants: [int64('pads', 0n, 1n, 0n, 1n)] },
    ],
    ['Pad', /has mode "toString"/, { attributes: { mode: 'toString' }, constants: [int64('pads', 0n, 1n, 0n, 1n)] }],
    [
      'ScatterElements',
      /has reduction "__proto__", not one of none, add, mul, max, min/,
      { attributes: { reduction: '__proto__' }, constants: scatter },
    ],
    ['ScatterND', /has reduction "toString"/, { attributes: { reduction: 'toString' }, constants: scatter }],
    [
      'MaxPool',
      /has auto_pad "toString", not one of NOTSET, VALID, SAME_UPPER, SAME_LOWER/,
      { x: map, attributes: { kernel_shape: [1, 1], auto_pad: 'toString' } },
    ],
    ['DepthToSpace', /has mode "foo", not one of DCR, CRD/, { x: map, attributes: { blocksize: 2, mode: 'foo' } }],
    ['Gelu', /has approximate "foo", not one of none, tanh/, { attributes: { approximate: 'foo' } }],
    [
      'Resize',
      /has keep_aspect_ratio_policy "foo", not one of stretch, not_larger, not_smaller/,
      resize({ keep_aspect_ratio_policy: 'foo' }),
    ],
    ['Resize', /has mode "constructor"/, resize({ mode: 'constructor' })],
    ['Resize', /has nearest_mode "up"/, resize({ nearest_mode: 'up' })],
    [
      'Resize',
      /has coordinate_transformation_mode "toString", not one of half_pixel, /,
      resize({ coordinate_transformation_mode: 'toString' }),
    ],
    ['GridSample', /has padding_mode "foo"/, { x: map, attributes: { padding_mode: 'foo' } }],
    ['RoiAlign', /has mode "min"/, { x: map, attributes: { mode: 'min' } }],
  ]);
});
