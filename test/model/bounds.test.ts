// Planning takes time and stack that grow with a network's length alone, or is refused.

import { beforeAll, expect, test } from 'vitest';
import { loadModel, loadModelSync, ready } from '../../src/model/load.js';
import { arrange, Slot } from '../../src/plan/arena.js';
import { tensor } from '../../src/tensor.js';
import { bytesOf, type ModelSpec, type NodeSpec, onnxFile } from '../formats/onnx-file.js';

beforeAll(() => ready());

const x = { name: 'x', shape: [1, 3] };

/** Nodes of one operator one after the other, from `first` to `last`. */
function chain(op: string, length: number, [first, last] = ['x', 'y']): NodeSpec[] {
  return Array.from({ length }, (_, i) => ({
    op,
    inputs: [i === 0 ? first : `${last}${i}`],
    outputs: [i === length - 1 ? last : `${last}${i + 1}`],
  }));
}

function run(spec: ModelSpec, inputs: Record<string, readonly number[]>): number[] {
  const shapes = new Map(spec.inputs!.map(({ name, shape }) => [name, shape as number[]]));
  const tensors = Object.entries(inputs).map(([name, values]) => [name, tensor(values, shapes.get(name))]);
  const outputs = loadModelSync(onnxFile(spec)).runSync(Object.fromEntries(tensors));
  return [...Object.values(outputs)[0].data].map(Number);
}

test.each(['Identity', 'Flatten', 'Neg'])(
  '20,000 %s one after the other',
  (op) => {
    expect(run({ inputs: [x], outputs: ['y'], nodes: chain(op, 20_000) }, { x: [1, 2, 3] })).toEqual([1, 2, 3]);
  },
  60_000,
);

test('20,000 Neg of a constant', () => {
  const initializers = [{ name: 'w', dims: [3], dataType: 1, raw: bytesOf(Float32Array.of(1, 2, 3)) }];
  const nodes = [...chain('Neg', 20_000, ['w', 'z']), { op: 'Add', inputs: ['x', 'z'], outputs: ['y'] }];
  expect(run({ inputs: [x], outputs: ['y'], initializers, nodes }, { x: [10, 20, 30] })).toEqual([11, 22, 33]);
}, 60_000);

test('20,000 inputs that nothing reads', () => {
  const others = Array.from({ length: 20_000 }, (_, i) => ({ name: `u${i}`, shape: [1] }));
  const values = Object.fromEntries(others.map(({ name }) => [name, [0]]));
  const spec = { inputs: [x, ...others], outputs: ['y'], nodes: chain('Neg', 1) };
  expect(run(spec, { x: [1, 2, 3], ...values })).toEqual([-1, -2, -3]);
}, 60_000);

test('a tensor split into 20,000 parts', () => {
  const parts = Array.from({ length: 20_000 }, (_, i) => `s${i}`);
  const nodes = [{ op: 'Split', attributes: { axis: 0 }, inputs: ['x'], outputs: parts }];
  const values = parts.map((_, i) => i);
  expect(run({ inputs: [{ name: 'x', shape: [20_000] }], outputs: ['s777'], nodes }, { x: values })).toEqual([777]);
}, 60_000);

test('a sum of 200,000 tensors is refused', () => {
  const nodes = [{ op: 'Sum', inputs: Array<string>(200_000).fill('x'), outputs: ['y'] }];
  expect(() => run({ inputs: [x], outputs: ['y'], nodes }, {})).toThrow(
    expect.objectContaining({ code: 'LIMIT', message: expect.stringContaining('65536 nodes') }),
  );
}, 60_000);

test('a transposed convolution of nine million taps is refused', () => {
  const extents = BigInt64Array.of(1n, 1n, 3_000_000n, 3n);
  const spec = {
    inputs: [{ name: 'x', shape: [1, 1, 2, 2] }],
    outputs: ['y'],
    initializers: [{ name: 'k', dims: [4], dataType: 7, raw: bytesOf(extents) }],
    nodes: [
      { op: 'ConstantOfShape', inputs: ['k'], outputs: ['w'] },
      { op: 'ConvTranspose', inputs: ['x', 'w'], outputs: ['y'] },
    ],
  };
  expect(() => run(spec, {})).toThrow(
    expect.objectContaining({ code: 'LIMIT', message: expect.stringContaining('9000000 taps') }),
  );
}, 60_000);

test('of many slots those that live at one time lie apart', () => {
  const slots = Array.from({ length: 10_000 }, (_, i) => {
    const slot = new Slot(1 + ((i * 7919) % 5000));
    slot.use(i >> 2);
    slot.use((i >> 2) + (i % 3));
    return slot;
  });
  const end = arrange(slots);
  const living = (node: number) => slots.filter(({ first, last }) => first <= node && node <= last);
  for (let node = 0; node < 2500; node += 7) {
    const places = living(node).sort((a, b) => a.offset - b.offset);
    places.forEach(({ offset, bytes }, i) => {
      expect(offset + bytes).toBeLessThanOrEqual(places[i + 1]?.offset ?? end);
    });
  }
  expect(end).toBeLessThan(20 * 8192);
});

test('copies of outputs count against limits.memory', () => {
  const inputs = [{ name: 'x', shape: [1 << 18] }];
  const file = onnxFile({ inputs, outputs: ['y'], nodes: chain('Neg', 1) });
  const { memory } = loadModelSync(file);
  const outputBytes = 4 << 18;
  expect(() => loadModelSync(file, { limits: { memory: memory.total } })).toThrow(
    expect.objectContaining({ code: 'LIMIT', message: expect.stringContaining('limits.memory') }),
  );
  const model = loadModelSync(file, { limits: { memory: memory.total + outputBytes } });
  expect(model.runSync({ x: tensor(new Float32Array(1 << 18).fill(2)) }).y.data[7]).toBe(-2);
});

test('constants that are computed while a model is planned count against limits.memory', () => {
  const size = 1 << 18;
  const initializers = [
    { name: 'w', dims: [1], dataType: 7, raw: bytesOf(BigInt64Array.of(3n)) },
    { name: 'shape', dims: [1], dataType: 7, raw: bytesOf(BigInt64Array.of(BigInt(size))) },
    { name: 'at', dims: [1], dataType: 7, raw: bytesOf(BigInt64Array.of(5n)) },
  ];
  const nodes = [
    { op: 'Expand', inputs: ['w', 'shape'], outputs: ['wide'] },
    { op: 'Gather', inputs: ['wide', 'at'], outputs: ['one'] },
    { op: 'Cast', attributes: { to: 1 }, inputs: ['one'], outputs: ['number'] },
    { op: 'Add', inputs: ['x', 'number'], outputs: ['y'] },
  ];
  const spec = { inputs: [x], outputs: ['y'], initializers, nodes };
  expect(run(spec, { x: [1, 2, 3] })).toEqual([4, 5, 6]);
  expect(() => loadModelSync(onnxFile(spec), { limits: { memory: 1 << 20 } })).toThrow(
    expect.objectContaining({ code: 'LIMIT', message: expect.stringContaining(`(${1 << 20})`) }),
  );
});

test('loading with a signal hands back to the event loop, and stops when the signal says so', async () => {
  const file = onnxFile({ inputs: [x], outputs: ['y'], nodes: chain('Neg', 20_000) });
  const controller = new AbortController();
  const { signal } = controller;
  let turns = 0;
  const ticking = setInterval(() => turns++);
  const model = await loadModel(file, { signal });
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(0);
  expect([...model.runSync({ x: tensor([1, 2, 3], [1, 3]) }).y.data]).toEqual([1, 2, 3]);
  const loading = loadModel(file, { signal });
  setTimeout(() => controller.abort(), 1);
  await expect(loading).rejects.toMatchObject({ code: 'ABORTED', message: 'loading was aborted by its signal' });
}, 60_000);
