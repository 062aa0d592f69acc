import { beforeAll, describe, expect, it } from 'vitest';
import { compileGraph, loadModel, loadModelSync, ready } from '../../src/model/load.js';
import type { Model } from '../../src/model/model.js';
import { Tensor, tensor } from '../../src/tensor.js';
import { Network, TO_FIRST, TO_LAST } from '../graph/network.js';
import { moduleOf, supportedBinaries } from '../kernels/harness.js';
import { digit, expectLogits, expectWorks, lenetBytes } from './lenet.js';

let model: Model;

beforeAll(async () => {
  await ready();
  model = loadModelSync(lenetBytes);
});

/** y = x + x, over open sizes. */
function doubling(...shape: (number | string)[]): Model {
  const net = new Network();
  net.input('x', shape);
  net.binary('y', 'add', 'x', 'x');
  return compileGraph(net.graph('y'));
}

describe('what a model tells of itself', () => {
  it('inputs and outputs, open sizes by name', () => {
    expect(Object.keys(model.inputs)).toEqual(['image']);
    expect(model.inputs.image).toMatchObject({ dtype: 'float32', shape: ['batch', 1, 28, 28] });
    expect(model.outputs).toEqual({ logits: { dtype: 'float32', shape: ['batch', 10] } });
  });

  it('names output sizes that follow from several inputs', () => {
    const net = new Network();
    net.input('a', ['batch', 'rows']);
    net.input('b', ['batch', 3]);
    net.node('joined', 'concat', ['a', 'b'], { axis: 1 });
    net.node('turned', 'transpose', ['a'], { permutation: [1, 0] });
    expect(compileGraph(net.graph('joined', 'turned')).outputs).toEqual({
      joined: { dtype: 'float32', shape: ['batch', 'joined_dim_1'] },
      turned: { dtype: 'float32', shape: ['rows', 'batch'] },
    });
  });

  it('output sizes of networks that take maps of even extents only', () => {
    const net = new Network();
    net.input('x', ['batch', 'height', 'width', 1]);
    const pooled = (name: string, from: string) =>
      net.node(name, 'maxPool', [from], { kernelShape: [2, 2], strides: [2, 2] });
    net.node('up', 'resize', [pooled('half', pooled('whole', 'x'))], { scales: [1, 4, 4, 1] });
    net.node('joined', 'concat', ['up', 'x'], { axis: 3 });
    net.node('best', 'argMax', ['joined'], { axis: 3, keepDims: false });
    expect(compileGraph(net.graph('joined', 'best')).outputs).toEqual({
      joined: { dtype: 'float32', shape: ['batch', 'height', 'width', 2] },
      best: { dtype: 'int64', shape: ['batch', 'height', 'width'] },
    });
  });

  it('outputs as a run found them where only certain sizes fit', () => {
    const net = new Network();
    net.input('x', ['batch', 2]);
    net.constant('c', [3, 2]);
    net.node('joined', 'concat', ['x', 'c'], { axis: 1 });
    net.node('best', 'argMax', ['joined'], { axis: 1, keepDims: false });
    const model = compileGraph(net.graph('best'));
    model.runSync({ x: net.floats([3, 2]) });
    expect(model.outputs).toEqual({ best: { dtype: 'int64', shape: ['best_dim_0'] } });
  });

  it('a table of layers', () => {
    const lines = model.summary().split('\n');
    expect(lines[0]).toMatch(/^layer +kind +output +parameters +multiply-adds +memory +receptive field$/);
    expect(lines[1]).toMatch(/^-+$/);
    expect(lines.find((line) => line.startsWith('/1/Conv '))).toMatch(
      /conv \+ tanh +\[1, 28, 28, 6\] +156 +117,600 +18\.4 KB +5$/,
    );
    expect(lines.find((line) => line.startsWith('total'))).toMatch(/^total +61,706 +416,520$/);
    expect(lines.at(-1)).toMatch(/^receptive field in elements of the input/);
  });

  it('memory and binary', () => {
    const { total, weights, activations } = model.memory;
    // 61,706 parameters of four bytes, packed in panels of eight columns.
    expect(weights).toBeGreaterThan(61_706 * 4);
    expect(weights).toBeLessThan(61_706 * 4 * 1.2);
    expect(total).toBeGreaterThan(weights + activations);
    expect(model.info).toEqual({ variant: supportedBinaries.includes('relaxed') ? 'relaxed' : 'strict', threads: 1 });
    const deterministic = loadModelSync(lenetBytes, { deterministic: true, threads: 4 });
    expect(deterministic.info.variant).toBe('strict');
    expect(deterministic.info.threadsReason === undefined).toBe(deterministic.info.threads === 4);
  });
});

describe('runs', () => {
  it('give what PyTorch gives', async () => {
    expectLogits(model.runSync({ image: digit() }).logits);
    expectLogits((await model.run({ image: digit() })).logits);
  });

  it('take any batch size in any order, more of them than plans are kept', () => {
    const { weights } = model.memory;
    for (const batch of [1, 2, 3, 1, 5, 4, 8, 7, 6, 10, 9, 11, 1, 2, 12, 3]) {
      const { logits } = model.runSync({ image: digit(batch) });
      expect(logits.shape).toEqual([batch, 10]);
      expectLogits(logits);
    }
    expect(model.memory.weights).toBe(weights);
  });

  it('take an empty batch', () => {
    expect(model.runSync({ image: digit(0) }).logits).toMatchObject({ shape: [0, 10], size: 0 });
    expectWorks(model);
  });

  it('may be asked for at once', async () => {
    const other = loadModelSync(lenetBytes);
    const batches = [1, 3, 2, 1, 4, 3];
    const runs = batches.flatMap((batch) => [model.run({ image: digit(batch) }), other.run({ image: digit(batch) })]);
    for (const { logits } of await Promise.all(runs)) expectLogits(logits);
  });

  it('return tensors that later runs leave alone', () => {
    const double = doubling(3);
    const { y } = double.runSync({ x: tensor([1, 2, 3]) });
    double.runSync({ x: tensor([7, 8, 9]) });
    expect([...y.data]).toEqual([2, 4, 6]);
  });

  it('do not change their inputs, and do not keep them', () => {
    const double = doubling(2);
    const x = tensor([1, 2]);
    const { y } = double.runSync({ x });
    x.data.fill(9);
    expect([...y.data]).toEqual([2, 4]);
    expect([...double.runSync({ x: tensor([5, 6]) }).y.data]).toEqual([10, 12]);
  });

  it('return inputs and constants that are outputs', () => {
    const net = new Network();
    net.input('x', [2]);
    net.constant('c', tensor([3, 4]));
    net.node('same', 'identity', ['x']);
    const echo = compileGraph(net.graph('same', 'c', 'x'));
    const results = echo.runSync({ x: tensor([1, 2]) });
    expect(Object.entries(results).map(([name, { data }]) => [name, [...data]])).toEqual([
      ['same', [1, 2]],
      ['c', [3, 4]],
      ['x', [1, 2]],
    ]);
    (results.c.data as Float32Array).fill(0);
    expect([...echo.runSync({ x: tensor([1, 2]) }).c.data]).toEqual([3, 4]);
  });

  it('take shapes from the values of vectors, each with a plan of its own', () => {
    const net = new Network();
    net.input('x', [6]);
    net.input('shape', [2], 'int64');
    net.node('y', 'reshape', ['x', 'shape']);
    const reshape = compileGraph(net.graph('y'));
    expect(() => reshape.summary()).toThrow('run the model once before');
    for (const shape of [
      [2, 3],
      [3, 2],
      [6, 1],
      [2, 3],
    ]) {
      const { y } = reshape.runSync({
        x: tensor([1, 2, 3, 4, 5, 6]),
        shape: tensor(BigInt64Array.from(shape, BigInt)),
      });
      expect(y).toMatchObject({ shape, size: 6 });
    }
    expect(reshape.summary()).toContain('multiply-adds');
  });
});

describe('watched runs', () => {
  it('tell of every step, and give the same', async () => {
    const reports: { step: number; steps: number; node: string; operator: string }[] = [];
    const { logits } = await model.run({ image: digit() }, { onStep: (report) => reports.push(report) });
    expectLogits(logits);
    expect(reports.map(({ step }) => step)).toEqual(reports.map((_, at) => at + 1));
    expect(reports.length).toBe(reports[0].steps);
    expect(new Set(reports.map(({ operator }) => operator))).toContain('conv');
  });

  it('stop when their signal says so, and the model works on', async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const run = model.run(
      { image: digit() },
      {
        signal: controller.signal,
        onStep({ step }) {
          done.push(step);
          if (step === 2) controller.abort(new Error('enough'));
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'ABORTED', cause: new Error('enough') });
    expect(done).toEqual([1, 2]);
    await expect(model.run({ image: digit() }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expectWorks(model);
  });

  it('pass on what onStep throws', async () => {
    const mine = new RangeError('mine');
    const onStep = () => {
      throw mine;
    };
    await expect(model.run({ image: digit() }, { onStep })).rejects.toBe(mine);
    expectWorks(model);
  });

  it('let the event loop turn: a timer stops a run that takes long', async () => {
    const net = new Network();
    net.input('x', [1024, 1024]);
    let last = 'x';
    for (let at = 0; at < 60; at++) {
      net.node(`y${at}`, 'matmul', [last, 'x'], { transposeA: false, transposeB: false });
      last = `y${at}`;
    }
    const long = compileGraph(net.graph(last));
    const x = tensor(new Float32Array(2 ** 20), [1024, 1024]);
    let steps = 0;
    const run = long.run({ x }, { signal: AbortSignal.timeout(30), onStep: () => steps++ });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect(steps).toBeLessThan(60);
  });

  it('make other runs wait, and runSync() is refused meanwhile', async () => {
    const watched = model.run({ image: digit() }, { onStep() {} });
    expect(() => model.runSync({ image: digit() })).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    const [first, second] = await Promise.all([watched, model.run({ image: digit(2) })]);
    expectLogits(first.logits);
    expectLogits(second.logits);
  });

  it('are refused once the model is disposed', async () => {
    const other = loadModelSync(lenetBytes);
    const run = other.run({ image: digit() }, { onStep: ({ step }) => step === 1 && other.dispose() });
    await expect(run).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('without copies', () => {
  it('an input is filled in place', () => {
    const { image } = model.inputs;
    model.runSync({ image: digit() });
    const live = image.data as Float32Array;
    expect([...live]).toEqual([...digit().data]);
    live.fill(0);
    const blank = model.runSync({ image: tensor(live, [1, 1, 28, 28]) }).logits;
    expect(blank).toEqual(model.runSync({ image: tensor(new Float32Array(784), [1, 1, 28, 28]) }).logits);
    (image.data as Float32Array).set(digit().data);
    expectLogits(model.runSync({ image: tensor(image.data as Float32Array, [1, 1, 28, 28]) }).logits);
  });

  it('an output is a view that the next run overwrites', () => {
    const double = doubling(2);
    const { y } = double.runSync({ x: tensor([1, 2]) }, { copy: false });
    expect(y.data.buffer).toBe(double.inputs.x.data.buffer);
    expect([...y.data]).toEqual([2, 4]);
    double.runSync({ x: tensor([5, 6]) });
    expect([...y.data]).toEqual([10, 12]);
  });

  it('an output view may be the next input, also of another shape or in a memory that grows', () => {
    const double = doubling('n');
    let { y } = double.runSync({ x: tensor([1, 2, 3]) }, { copy: false });
    for (let round = 0; round < 3; round++) ({ y } = double.runSync({ x: y }, { copy: false }));
    expect([...y.data]).toEqual([16, 32, 48]);
    const part = new Tensor('float32', [2], (y.data as Float32Array).subarray(1));
    expect([...double.runSync({ x: part }).y.data]).toEqual([64, 96]);

    const net = new Network();
    net.input('x', ['n']);
    net.node('y', 'expand', ['x'], { shape: [100_000, 1] });
    const wide = compileGraph(net.graph('y'));
    const first = wide.runSync({ x: tensor([7]) }, { copy: false }).y.data as Float32Array;
    const { y: grown } = wide.runSync({ x: new Tensor('float32', [3], first.subarray(0, 3)) });
    expect(grown.size).toBe(300_000);
    expect(grown.data.every((value) => value === 7)).toBe(true);
  });

  it('views of inputs may change places', () => {
    const net = new Network();
    net.input('a', [2]);
    net.input('b', [2]);
    net.binary('y', 'sub', 'a', 'b');
    const difference = compileGraph(net.graph('y'));
    difference.runSync({ a: tensor([5, 6]), b: tensor([1, 1]) });
    const [a, b] = [difference.inputs.b, difference.inputs.a].map(({ data }) => tensor(data as Float32Array, [2]));
    expect([...difference.runSync({ a, b }).y.data]).toEqual([-4, -5]);
  });

  it('a view of shapes that were not run yet is refused', () => {
    const net = new Network();
    net.input('x', [6]);
    net.input('shape', [1], 'int64');
    net.node('y', 'reshape', ['x', 'shape']);
    const { inputs } = compileGraph(net.graph('y'));
    expect(() => inputs.x.data).toThrow('"x" has no place in memory yet: run the model once with the shapes you want');
  });
});

describe('lives', () => {
  it('end with the block that uses them', () => {
    let used: Model;
    {
      using scoped = loadModelSync(lenetBytes);
      expectWorks(scoped);
      used = scoped;
    }
    expect(() => used.summary()).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
    expectWorks(model);
  });

  it('begin from a path, an ArrayBuffer, a Blob or a Response', async () => {
    const sources = [
      new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url),
      lenetBytes.slice().buffer,
      new Blob([lenetBytes]),
      new Response(lenetBytes),
    ];
    for (const source of sources) expectWorks(await loadModel(source));
  });

  it('do not depend on the bytes afterwards', () => {
    const bytes = lenetBytes.slice();
    const loaded = loadModelSync(bytes);
    bytes.fill(0);
    for (const batch of [1, 4]) expectLogits(loaded.runSync({ image: digit(batch) }).logits);
  });
});

describe('deterministic models', () => {
  it('give the same bits with all passes and without those that keep the arithmetic', () => {
    const withoutPasses = [
      'identities',
      'transposes',
      'trivial transposes',
      'padding',
      'residuals',
      'leftover identities',
    ];
    const [all, some] = [[], withoutPasses].map((without) => {
      const wasm = moduleOf('strict');
      return loadModelSync(lenetBytes, { deterministic: true, wasm, withoutPasses: without }).runSync({
        image: digit(3),
      });
    });
    expect(some.logits).toEqual(all.logits);
  });

  it('give each image the same bits in every batch', () => {
    const strict = loadModelSync(lenetBytes, { deterministic: true });
    const [two, five] = [2, 5].map((batch) => strict.runSync({ image: digit(batch) }).logits.data as Float32Array);
    for (let image = 0; image < 5; image++) expect(five.slice(image * 10, image * 10 + 10)).toEqual(two.slice(0, 10));
  });

  it('leave an interface of channels first as it is', () => {
    const net = new Network(11);
    net.input('x', [2, 3, 5, 4]);
    net.transpose('last', 'x', TO_LAST);
    net.conv('conv', 'last', [6, 3, 3, 3], { padding: [1, 1, 1, 1] });
    net.transpose('first', 'conv', TO_FIRST);
    net.relu('y', 'first');
    const x = net.floats([2, 3, 5, 4]);
    const [all, none] = [[], ['transposes', 'activations']].map((withoutPasses) =>
      compileGraph(net.graph('y'), { deterministic: true, withoutPasses }).runSync({ x }),
    );
    expect(all.y.shape).toEqual([2, 6, 5, 4]);
    expect(all.y).toEqual(none.y);
  });
});
