// Attributes mean what the node's operator set says: those that it doesn't have, and values of another kind, are refused.

import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import type { NodeSpec } from './onnx-file.js';
import { failure, image, network } from './onnx-reading.js';

const one = (op: string, opset: number, attributes: NodeSpec['attributes'], inputs = ['x']) =>
  network([{ op, name: 'n', inputs, outputs: ['y'], attributes }], { opset, inputs: [image] });

const pool = { kernel_shape: [2, 2] };

describe('an attribute of no operator set, or of later ones, is refused', () => {
  it.each<
    [op: string, opset: number, name: string, value: number | string | number[], others?: NodeSpec['attributes']]
  >([
    ['Relu', 20, 'alpha', 1],
    ['SpaceToDepth', 25, 'mode', 'CRD', { blocksize: 2 }],
    ['DepthToSpace', 10, 'mode', 'CRD', { blocksize: 1 }],
    ['AveragePool', 9, 'ceil_mode', 1, pool],
    ['AveragePool', 18, 'dilations', [2, 2], pool],
    ['MaxPool', 9, 'ceil_mode', 1, pool],
    ['ReduceMean', 18, 'axes', [1]],
    ['ReduceMean', 17, 'noop_with_empty_axes', 1],
    ['ReduceSum', 13, 'axes', [1]],
    ['ArgMax', 11, 'select_last_index', 1],
    ['Split', 13, 'split', [3]],
    ['Shape', 14, 'start', 1],
    ['Squeeze', 13, 'axes', [0]],
    ['Softmax', 13, 'beta', 2],
    ['Transpose', 13, 'permutation', [0, 1, 2, 3]],
    ['Split', 17, 'num_outputs', 1],
    ['Cast', 18, 'saturate', 1, { to: 1 }],
    ['Dropout', 12, 'is_test', 1],
    ['Relu', 6, 'consumed_inputs', [0]],
  ])('%s of operator set %i: %s', (op, opset, name, value, others) => {
    const error = failure(() => readOnnx(one(op, opset, { ...others, [name]: value })));
    expect(error.code).toBe('UNSUPPORTED');
    expect(error.message).toContain(`${op} (opset ${opset}) where it has an attribute "${name}"`);
    expect(error.message).toContain('"n"');
  });
});

describe('an attribute is taken', () => {
  it.each<[what: string, op: string, opset: number, attributes: NodeSpec['attributes']]>([
    ['from its operator set on', 'AveragePool', 19, { ...pool, dilations: [2, 2] }],
    ['to its last operator set', 'ReduceMean', 17, { axes: [1] }],
    ['where it changes nothing', 'MaxPool', 12, { ...pool, storage_order: 1 }],
    ["where it is a tool's own", 'Relu', 20, { __layer: 'conv1' }],
    ['with the least IR', 'Relu', 1, { consumed_inputs: [0] }],
  ])('%s', (_, op, opset, attributes) => {
    expect(readOnnx(one(op, opset, attributes)).nodes.length).toBeGreaterThan(0);
  });
});

describe('a value of another kind is damage', () => {
  it.each<[op: string, opset: number, attributes: NodeSpec['attributes'], message: RegExp]>([
    ['LpPool', 11, { ...pool, p: { float: 3 } }, /has a float as its attribute "p", which takes an integer/],
    ['Elu', 13, { alpha: 2 }, /has an integer as its attribute "alpha", which takes a float/],
    ['Transpose', 13, { perm: 1 }, /has an integer as its attribute "perm", which takes integers/],
    ['MaxPool', 13, { ...pool, auto_pad: 1 }, /has an integer as its attribute "auto_pad", which takes text/],
    ['Cast', 1, { to: 'FLOAT' }, /has text as its attribute "to", which takes an integer/],
  ])('%s %j', (op, opset, attributes, message) => {
    const error = failure(() => readOnnx(one(op, opset, attributes)));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(message);
  });

  it.each<[op: string, opset: number, attribute: string]>([
    ['Pad', 9, 'pads'],
    ['Slice', 9, 'starts'],
    ['Reshape', 4, 'shape'],
    ['Upsample', 7, 'scales'],
    ['Constant', 11, 'value'],
  ])('%s of operator set %i without its %s', (op, opset, attribute) => {
    const error = failure(() => readOnnx(one(op, opset, {})));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toContain(`lacks its attribute "${attribute}"`);
  });
});
