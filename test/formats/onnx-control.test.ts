// Branches, loops, functions and results of computed size, from files.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel, loadModelSync, ready, tensor } from '../../src/index.js';
import { type ModelSpec, onnxFile } from './onnx-file.js';

beforeAll(ready);

const x = { name: 'x', shape: ['n'] };
const graph = (spec: ModelSpec) => ({ graph: spec });
/** y = x * 2 where the sum of x is positive, else its first two elements. */
const choosing = onnxFile({
  inputs: [x],
  outputs: ['y'],
  initializers: [
    { name: 'zero', dims: [], dataType: 1, floats: [0] },
    { name: 'two', dims: [], dataType: 1, floats: [2] },
  ],
  nodes: [
    { op: 'ReduceSum', inputs: ['x'], outputs: ['sum'], attributes: { keepdims: 0 } },
    { op: 'Greater', inputs: ['sum', 'zero'], outputs: ['positive'] },
    {
      op: 'If',
      inputs: ['positive'],
      outputs: ['chosen'],
      attributes: {
        then_branch: graph({ nodes: [{ op: 'Mul', inputs: ['x', 'two'], outputs: ['a'] }], outputs: ['a'] }),
        else_branch: graph({
          nodes: [
            { op: 'Constant', outputs: ['start'], attributes: { value_ints: [0] } },
            { op: 'Constant', outputs: ['end'], attributes: { value_ints: [2] } },
            { op: 'Slice', inputs: ['x', 'start', 'end'], outputs: ['b'] },
          ],
          outputs: ['b'],
        }),
      },
    },
    { op: 'Neg', inputs: ['chosen'], outputs: ['y'] },
  ],
});

const doubling = (count: number | undefined, limit: number) =>
  onnxFile({
    inputs: [x],
    outputs: ['y', 'all'],
    initializers: [
      { name: 'limit', dims: [], dataType: 1, floats: [limit] },
      { name: 'true', dims: [], dataType: 9, integers: [1] },
      ...(count === undefined
        ? []
        : [{ name: 'count', dims: [], dataType: 7, raw: new Uint8Array(BigInt64Array.of(BigInt(count)).buffer) }]),
    ],
    nodes: [
      {
        op: 'Loop',
        inputs: [count === undefined ? '' : 'count', 'true', 'x'],
        outputs: ['y', 'all'],
        attributes: {
          body: graph({
            inputs: [
              { name: 'i', type: 7, shape: [] },
              { name: 'go', type: 9, shape: [] },
              { name: 'state', shape: ['n'] },
            ],
            outputs: ['next', 'twice', { name: 'entry', type: 1, shape: [] }],
            nodes: [
              { op: 'Add', inputs: ['state', 'state'], outputs: ['twice'] },
              { op: 'ReduceSum', inputs: ['twice'], outputs: ['entry'], attributes: { keepdims: 0 } },
              { op: 'Less', inputs: ['entry', 'limit'], outputs: ['next'] },
            ],
          }),
        },
      },
    ],
  });

describe('If', () => {
  it('chooses in each run, by run and by runSync, shapes that differ', async () => {
    using model = loadModelSync(choosing);
    for (const _ of [0, 1]) {
      expect([...model.runSync({ x: tensor([1, 2, 3]) }).y.data]).toEqual([-2, -4, -6]);
      expect([...(await model.run({ x: tensor([-1, -2, -3]) })).y.data]).toEqual([1, 2]);
    }
    expect(model.outputs.y.shape).toEqual(['y_dim_0']);
    expect(model.summary()).toMatch(/reduce|sum/);
    await expect(model.profile({ x: tensor([1, 2]) })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(model.save()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('Loop', () => {
  it('ends by its condition, and stacks what its steps give', async () => {
    using model = await loadModel(doubling(undefined, 20));
    const { y, all } = await model.run({ x: tensor([1, 2]) });
    expect([...y.data]).toEqual([8, 16]);
    expect([...all.data]).toEqual([6, 12, 24]);
  });

  it('ends by its count, also after no step', () => {
    using model = loadModelSync(doubling(2, 1e9));
    expect([...model.runSync({ x: tensor([1, 2]) }).all.data]).toEqual([6, 12]);
    using none = loadModelSync(doubling(0, 1e9));
    const { y, all } = none.runSync({ x: tensor([1, 2]) });
    expect([...y.data]).toEqual([1, 2]);
    expect(all.shape).toEqual([0]);
  });

  it('stops by a signal', async () => {
    using model = loadModelSync(doubling(undefined, Number.POSITIVE_INFINITY));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(model.run({ x: tensor([0]) }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect([...model.runSync({ x: tensor([Number.POSITIVE_INFINITY]) }).y.data]).toEqual([Number.POSITIVE_INFINITY]);
  });
});

describe('results of computed size', () => {
  it('NonZero, and what reads it', () => {
    using model = loadModelSync(
      onnxFile({
        inputs: [x],
        outputs: ['y'],
        nodes: [
          { op: 'NonZero', inputs: ['x'], outputs: ['places'] },
          { op: 'Transpose', inputs: ['places'], outputs: ['rows'] },
          { op: 'GatherND', inputs: ['x', 'rows'], outputs: ['y'] },
        ],
      }),
    );
    expect([...model.runSync({ x: tensor([0, 5, 0, 7]) }).y.data]).toEqual([5, 7]);
    expect([...model.runSync({ x: tensor([3, 5, 1, 7]) }).y.data]).toEqual([3, 5, 1, 7]);
    expect([...model.runSync({ x: tensor([0, 0]) }).y.data]).toEqual([]);
  });

  it('Compress and Unique', () => {
    using model = loadModelSync(
      onnxFile({
        inputs: [x, { name: 'keep', type: 9, shape: ['n'] }],
        outputs: ['kept', 'values', 'first', 'which', 'counts'],
        nodes: [
          { op: 'Compress', inputs: ['x', 'keep'], outputs: ['kept'], attributes: { axis: 0 } },
          { op: 'Unique', inputs: ['x'], outputs: ['values', 'first', 'which', 'counts'] },
        ],
      }),
    );
    const results = model.runSync({ x: tensor([3, 1, 3, 2]), keep: tensor(Uint8Array.of(1, 0, 0, 1), [4], 'bool') });
    expect(Object.values(results).map(({ data }) => Array.from(data, Number))).toEqual([
      [3, 2],
      [1, 2, 3],
      [1, 3, 0],
      [2, 0, 2, 1],
      [1, 1, 2],
    ]);
  });

  it('a size that a run computes: Tile by a rounded sum', () => {
    using model = loadModelSync(
      onnxFile({
        inputs: [x],
        outputs: ['y'],
        nodes: [
          { op: 'ReduceSum', inputs: ['x'], outputs: ['sum'], attributes: { keepdims: 1 } },
          { op: 'Cast', inputs: ['sum'], outputs: ['times'], attributes: { to: 7 } },
          { op: 'Tile', inputs: ['x', 'times'], outputs: ['y'] },
        ],
      }),
    );
    expect([...model.runSync({ x: tensor([1, 1]) }).y.data]).toEqual([1, 1, 1, 1]);
    expect([...model.runSync({ x: tensor([1, 2]) }).y.data]).toEqual([1, 2, 1, 2, 1, 2]);
  });
});

it('what branches lack is named with the rest', () => {
  const file = onnxFile({
    inputs: [x],
    outputs: ['y'],
    nodes: [
      { op: 'Nonsense', inputs: ['x'], outputs: ['condition'] },
      {
        op: 'If',
        name: 'choice',
        inputs: ['condition'],
        outputs: ['y'],
        attributes: {
          then_branch: graph({ nodes: [{ op: 'Rubbish', inputs: ['x'], outputs: ['a'] }], outputs: ['a'] }),
          else_branch: graph({ nodes: [{ op: 'Trash', inputs: ['x'], outputs: ['b'] }], outputs: ['b'] }),
        },
      },
    ],
  });
  expect(() => loadModelSync(file)).toThrow(/Nonsense[\s\S]*Rubbish.*choice\/[\s\S]*Trash/);
});
