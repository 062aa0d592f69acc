// Nodes that ask for what can't be: each is refused with an error that says why, and soon, however much it asks for.
import { beforeAll, describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { loadModel, ready } from '../../src/load.js';
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
        x: { name: 'x', type: 7, shape: [2 ** 31 - 1] },
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

describe('sizes that are no whole numbers', () => {
  const vector: ValueSpec = { name: 'x', shape: [4] };
  refuse([
    ['Tile', /can't be repeated \[1.5\] times/, { x: vector, constants: [floats('repeats', [1], 1.5)] }],
    ['Pad', /can't be padded \(constant\) by \[0.5, 0.5\]/, { x: vector, constants: [floats('pads', [2], 0.5, 0.5)] }],
    ['Slice', /from 0.5 in steps of 1/, { x: vector, constants: [floats('from', [1], 0.5), floats('to', [1], 2.5)] }],
    ['Expand', /\[2.5\] is not a shape/, { x: { name: 'x', shape: [1] }, constants: [floats('shape', [1], 2.5)] }],
  ]);
});
