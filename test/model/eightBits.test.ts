// Summaries and profiles of quantized networks say what runs in 8 bits, and what in floats and why.
import { beforeAll, expect, it } from 'vitest';
import { loadModelSync, ready, tensor } from '../../src/index.js';
import { type NodeSpec, onnxFile } from '../formats/onnx-file.js';

beforeAll(ready);

it('one line: layers, their share of multiply-adds, and those in floats', async () => {
  const dequantized = (name: string): NodeSpec => ({
    op: 'DequantizeLinear',
    inputs: [name, 'scale'],
    outputs: [`${name}.float`],
  });
  const floats = { dims: [8, 4], dataType: 1, floats: new Array<number>(32).fill(0.5) };
  const file = onnxFile({
    inputs: [{ name: 'x', shape: [2, 4] }],
    outputs: ['y'],
    initializers: [
      { name: 'scale', dims: [], dataType: 1, floats: [0.5] },
      { name: 'zero', dims: [], dataType: 3, integers: [0] },
      { name: 'w', dims: [4, 8], dataType: 3, integers: new Array<number>(32).fill(3) },
      { ...floats, name: 'v' },
    ],
    nodes: [
      { op: 'QuantizeLinear', inputs: ['x', 'scale', 'zero'], outputs: ['q'] },
      dequantized('q'),
      dequantized('w'),
      { op: 'MatMul', name: 'first', inputs: ['q.float', 'w.float'], outputs: ['h'] },
      { op: 'QuantizeLinear', inputs: ['h', 'scale', 'zero'], outputs: ['hq'] },
      dequantized('hq'),
      { op: 'MatMul', name: 'second', inputs: ['hq.float', 'v'], outputs: ['y'] },
    ],
  });
  using model = loadModelSync(file);
  const x = tensor([1, 2, -1, 0.5, 0, 0, 0, 0], [2, 4]);
  expect(Array.from(model.runSync({ x }).y.data, Number)).toEqual([16, 16, 16, 16, 0, 0, 0, 0]);
  const line = 'in 8 bits: 1 of 2 layers, 50.0 % of multiply-adds; in floats: second (its weights are of floats)';
  expect(model.summary()).toContain(line);
  expect(`${await model.profile({ x }, { rounds: 1 })}`).toContain(line);
});
