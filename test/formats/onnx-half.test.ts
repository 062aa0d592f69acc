// Networks in half and double precision: what comes out, in which type, and what is written back.

import { beforeAll, describe, expect, it } from 'vitest';
import { toHalf } from '../../src/half.js';
import { loadModelSync, ready } from '../../src/model/load.js';
import { exportOnnx } from '../../src/onnx.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { createTrainer, losses, optimizers } from '../../src/train/index.js';
import { bytesOf, type ModelSpec, onnxFile, type TensorSpec } from './onnx-file.js';

const [FLOAT, INT64, HALF, DOUBLE, BFLOAT] = [1, 7, 10, 11, 16];

beforeAll(ready);

const halves = (...values: number[]) => Uint16Array.from(values, toHalf);
const half = (name: string, dims: number[], values: number[]): TensorSpec => ({
  name,
  dims,
  dataType: HALF,
  raw: bytesOf(halves(...values)),
});

function runOnce(spec: ModelSpec, inputs: Record<string, Tensor>): Record<string, Tensor> {
  using model = loadModelSync(onnxFile(spec));
  return model.runSync(inputs);
}

/** Weights, inputs and outputs half, as converters make them; wide enough that weights are made by kernels. */
const network: ModelSpec = {
  inputs: [{ name: 'x', type: HALF, shape: [1, 4, 5, 5] }],
  nodes: [
    { op: 'Conv', inputs: ['x', 'w', 'b'], outputs: ['c'], attributes: { pads: [1, 1, 1, 1] } },
    { op: 'Relu', inputs: ['c'], outputs: ['r'] },
    { op: 'Concat', inputs: ['r', 'x'], outputs: ['j'], attributes: { axis: 1 } },
    { op: 'Mul', inputs: ['j', 'k'], outputs: ['m'] },
    { op: 'Pad', inputs: ['m', 'pads', 'filler'], outputs: ['p'] },
    { op: 'GlobalAveragePool', inputs: ['p'], outputs: ['y'] },
  ],
  initializers: [
    half(
      'w',
      [40, 4, 3, 3],
      Array.from({ length: 1440 }, (_, i) => ((i * 7) % 23) / 23 - 0.5),
    ),
    half(
      'b',
      [40],
      Array.from({ length: 40 }, (_, i) => i / 40),
    ),
    half('k', [], [0.1]),
    half('filler', [], [1.5]),
    { name: 'pads', dims: [8], dataType: INT64, integers: [0, 0, 0, 0, 0, 0, 1, 0] },
  ],
  outputs: [{ name: 'y', type: HALF, shape: [1, 44, 1, 1] }],
};
const pixels = Array.from({ length: 100 }, (_, i) => Math.fround(((i * 3) % 17) / 16));

/** The same network in float32, its weights the same numbers. */
function widened(spec: ModelSpec): ModelSpec {
  return {
    ...spec,
    inputs: spec.inputs!.map((input) => ({ ...input, type: FLOAT })),
    outputs: spec.outputs!.map((output) => ({ ...(output as { name: string }), type: FLOAT })),
    initializers: spec.initializers!.map((weight) =>
      weight.dataType === HALF
        ? {
            ...weight,
            dataType: FLOAT,
            raw: bytesOf(tensor(new Uint16Array(weight.raw!.slice().buffer), undefined, 'float16').toFloat32()),
          }
        : weight,
    ),
  };
}

describe('a network of halves', () => {
  it('gives what float32 gives, rounded once, as float16', () => {
    const { y } = runOnce(network, { x: tensor(halves(...pixels), [1, 4, 5, 5], 'float16') });
    const wide = runOnce(widened(network), { x: tensor(Float32Array.from(pixels), [1, 4, 5, 5]) });
    expect(y.dtype).toBe('float16');
    expect(y.data).toEqual(Uint16Array.from(wide.y.toFloat32(), toHalf));
    expect(y.toFloat32().some((value) => value !== 0)).toBe(true);
  });

  it('says its types, refuses others, and takes what tensor() rounds', () => {
    using model = loadModelSync(onnxFile(network));
    expect(model.inputs.x.dtype).toBe('float16');
    expect(model.inputs.x.data).toBeInstanceOf(Uint16Array);
    expect(model.outputs.y.dtype).toBe('float16');
    expect(model.summary()).toContain('Conv_0');
    const floats = tensor(Float32Array.from(pixels), [1, 4, 5, 5]);
    expect(() => model.runSync({ x: floats })).toThrow(
      /takes float16 \[1, 4, 5, 5\], but a float32 tensor was given; convert its data to Uint16Array/,
    );
    const x = tensor(tensor(pixels, undefined, 'float16').data, [1, 4, 5, 5], 'float16');
    const { y } = model.runSync({ x });
    expect(model.runSync({ x }, { copy: false }).y.data).toEqual(y.data);
  });

  it('is the same after a round through a saved file and through ONNX, its weights still half', async () => {
    const x = tensor(halves(...pixels), [1, 4, 5, 5], 'float16');
    using model = loadModelSync(onnxFile(network));
    const { y } = model.runSync({ x });
    for (const bytes of [await model.save(), exportOnnx(model)]) {
      using again = loadModelSync(bytes);
      expect(again.inputs.x.dtype).toBe('float16');
      expect([...again.graph.constants.values()].filter(({ dtype }) => dtype === 'float16')).not.toEqual([]);
      expect([...again.graph.constants.values()].filter(({ dtype }) => dtype === 'float32')).toEqual([]);
      expect(again.runSync({ x }).y).toEqual(y);
    }
  });

  it('can be trained: its parameters become float32', async () => {
    using model = loadModelSync(
      onnxFile({
        ...network,
        nodes: network.nodes!.slice(0, 2),
        outputs: [{ name: 'r', type: HALF, shape: [1, 40, 5, 5] }],
      }),
    );
    using trainer = await createTrainer(model, {
      loss: losses.meanSquaredError(),
      optimizer: optimizers.sgd({ learningRate: 0.1 }),
    });
    const x = tensor(halves(...pixels), [1, 4, 5, 5], 'float16');
    const targets = tensor(new Float32Array(1000).fill(0.25), [1, 40, 5, 5]);
    const before = trainer.step({ inputs: x, targets }).loss;
    for (let step = 0; step < 4; step++) trainer.step({ inputs: x, targets });
    expect(trainer.step({ inputs: x, targets }).loss).toBeLessThan(before);
    expect(trainer.parameters().get('w')!.dtype).toBe('float32');
    using trained = trainer.toModel();
    expect(trained.runSync({ x }).r.dtype).toBe('float16');
  });
});

describe('doubles', () => {
  const x = tensor(Float64Array.of(2 ** 53 - 1, 1 / 3, -1.5, 1e300));

  it('stay as they are until something computes with them', () => {
    const outputs = runOnce(
      {
        inputs: [{ name: 'x', type: DOUBLE, shape: [4] }],
        nodes: [
          { op: 'Slice', inputs: ['x', 'start', 'end'], outputs: ['s'] },
          { op: 'Cast', inputs: ['x'], outputs: ['i'], attributes: { to: INT64 } },
          { op: 'Cast', inputs: ['i'], outputs: ['d'], attributes: { to: DOUBLE } },
          { op: 'Neg', inputs: ['x'], outputs: ['n'] },
        ],
        initializers: [
          { name: 'start', dims: [1], dataType: INT64, integers: [1] },
          { name: 'end', dims: [1], dataType: INT64, integers: [4] },
        ],
        outputs: ['s', 'i', 'd', 'n'].map((name) => ({ name, type: name === 'i' ? INT64 : DOUBLE })),
      },
      { x },
    );
    expect(outputs.s.data).toEqual(Float64Array.of(1 / 3, -1.5, 1e300));
    expect(outputs.i.data).toEqual(BigInt64Array.of(2n ** 53n - 1n, 0n, -1n, 2n ** 63n - 1n));
    expect(outputs.d.data).toEqual(Float64Array.of(2 ** 53 - 1, 0, -1, 2 ** 63));
    expect(outputs.n.data).toEqual(Float64Array.of(-(2 ** 53), -Math.fround(1 / 3), 1.5, -Infinity));
  });

  it('of a constant come out as they are', () => {
    const spec: ModelSpec = {
      inputs: [{ name: 'x', shape: [1] }],
      nodes: [{ op: 'Identity', inputs: ['c'], outputs: ['y'] }],
      initializers: [{ name: 'c', dims: [2], dataType: DOUBLE, doubles: [0.1, 1e-300] }],
      outputs: [{ name: 'y', type: DOUBLE }],
    };
    expect(runOnce(spec, { x: tensor([1]) }).y).toMatchObject({ dtype: 'float64', data: Float64Array.of(0.1, 1e-300) });
  });
});

describe('casts', () => {
  const casts = (input: TensorSpec['dataType'], ...to: number[]): ModelSpec => ({
    inputs: [{ name: 'x', type: input, shape: ['n'] }],
    nodes: to.map((type, i) => ({
      op: 'Cast',
      inputs: [i ? `v${i}` : 'x'],
      outputs: [i === to.length - 1 ? 'y' : `v${i + 1}`],
      attributes: { to: type },
    })),
    outputs: [{ name: 'y', type: to.at(-1)!, shape: ['n'] }],
  });

  it('to half round, there and back', () => {
    const x = tensor([Math.PI, 70000, -(2 ** -25), 2 ** -24 * 1.5, 65519.996]);
    const { y } = runOnce(casts(FLOAT, HALF, FLOAT), { x });
    expect(y.data).toEqual(Float32Array.of(3.140625, Infinity, -0, 2 ** -23, 65504));
  });

  it('to half come straight from what is wider', () => {
    const x = tensor(Float64Array.of(1 + 2 ** -11 + 2 ** -40, 65520 - 2 ** -30));
    expect(runOnce(casts(DOUBLE, HALF), { x }).y.toFloat32()).toEqual(Float32Array.of(1 + 2 ** -10, 65504));
  });

  it('of constants are those of runs, however many there are', () => {
    for (const count of [3, 2000]) {
      const values = Float64Array.from({ length: count }, (_, i) => Math.PI * 1.01 ** (i % 1500));
      const constant: ModelSpec = {
        inputs: [{ name: 'unused', shape: [1] }],
        nodes: casts(DOUBLE, HALF, FLOAT).nodes,
        initializers: [{ name: 'x', dims: [count], dataType: DOUBLE, doubles: [...values] }],
        outputs: [{ name: 'y', type: FLOAT }],
      };
      const folded = runOnce(constant, { unused: tensor([1]) }).y;
      expect(folded.data).toEqual(runOnce(casts(DOUBLE, HALF, FLOAT), { x: tensor(values) }).y.data);
      expect(folded.data).toEqual(tensor([...values], undefined, 'float16').toFloat32());
    }
  });

  it.each([
    ['int64', INT64, BigInt64Array.of(3n, -(2n ** 62n))],
    ['float64', DOUBLE, Float64Array.of(Math.PI, -(2 ** 62))],
    ['float16', HALF, Uint16Array.of(toHalf(Math.PI), toHalf(-Infinity))],
    ['bool', 9, Uint8Array.of(1, 1)],
  ])('to the type of another tensor, %s, keep what it can hold', async (_, type, expected) => {
    const file = onnxFile({
      opset: 15,
      inputs: [
        { name: 'x', type: DOUBLE, shape: [2] },
        { name: 'like', type, shape: [3] },
      ],
      nodes: [{ op: 'CastLike', inputs: ['x', 'like'], outputs: ['y'] }],
      outputs: [{ name: 'y', type, shape: [2] }],
    });
    using model = loadModelSync(file);
    const saved = await model.save();
    const like = tensor(
      new (expected.constructor as Float64ArrayConstructor)(3),
      [3],
      model.inputs.like.dtype as 'float64',
    );
    const x = tensor(Float64Array.of(Math.PI, -(2 ** 62)));
    for (const bytes of [file, saved, exportOnnx(model)]) {
      using again = loadModelSync(bytes);
      expect(again.runSync({ x, like }).y.data).toEqual(expected);
      expect(again.outputs.y.dtype).toBe(like.dtype);
    }
  });

  it.each([
    ['an activation', { op: 'Exp', inputs: ['h'], outputs: ['like'] }],
    ['a product', { op: 'MatMul', inputs: ['h', 'h'], outputs: ['like'] }],
    ['a choice', { op: 'Where', inputs: ['c', 'h', 'h'], outputs: ['like'] }],
    ['a pool', { op: 'GlobalMaxPool', inputs: ['h'], outputs: ['like'] }],
  ])('to the type of a value that is computed of halves round, inside a network too: %s', (_, node) => {
    const like = [node, { op: 'Neg', inputs: ['like'], outputs: ['negative'] }];
    const cast = { op: 'CastLike', inputs: ['x', 'negative'], outputs: ['cast'] };
    const back = { op: 'Cast', inputs: ['cast'], outputs: ['y'], attributes: { to: FLOAT } };
    const spec: ModelSpec = {
      opset: 15,
      inputs: [
        { name: 'x', shape: [2] },
        { name: 'h', type: HALF, shape: [1, 1, 2, 2] },
      ],
      nodes: [...like, cast, back],
      initializers: [{ name: 'c', dims: [1], dataType: 9, integers: [1] }],
      outputs: ['y'],
    };
    const inputs = { x: tensor([Math.PI, 70000]), h: tensor(halves(1, 2, 3, 4), [1, 1, 2, 2], 'float16') };
    expect(Array.from(runOnce(spec, inputs).y.data, Number)).toEqual([3.140625, Infinity]);
  });

  it('to what quadlane lacks are refused, and so are outputs of such types', () => {
    expect(() => loadModelSync(onnxFile(casts(FLOAT, BFLOAT)))).toThrow(
      /outputs of type bfloat16: "y"\n.*Cast.* where it converts to bfloat16/,
    );
    expect(() => loadModelSync(onnxFile(casts(BFLOAT, FLOAT)))).toThrow(/inputs of type bfloat16: "x"/);
  });

  it('stay where the file has values of the names that they would get', () => {
    const { y } = runOnce(
      {
        inputs: [{ name: 'x', type: HALF, shape: [2] }],
        nodes: [
          { op: 'Neg', inputs: ['x'], outputs: ['x/float32'] },
          { op: 'Add', inputs: ['x/float32', 'x'], outputs: ['x/float32_'] },
          { op: 'Sub', inputs: ['x', 'x/float32'], outputs: ['y/uncast'] },
          { op: 'Add', inputs: ['y/uncast', 'x/float32_'], outputs: ['y'] },
        ],
        outputs: [{ name: 'y', type: HALF, shape: [2] }],
      },
      { x: tensor([1, 2.5], undefined, 'float16') },
    );
    expect(y.toFloat32()).toEqual(Float32Array.of(2, 5));
  });
});
