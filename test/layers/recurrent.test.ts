// Recurrent layers: PyTorch's order of gates, training, and an ONNX file that gives the same when it is read again.
import { describe, expect, it } from 'vitest';
import { createStream, loadModel } from '../../src/index.js';
import * as layers from '../../src/layers/index.js';
import { exportOnnx } from '../../src/onnx.js';
import { sizeOf } from '../../src/shape.js';
import { tensor } from '../../src/tensor.js';
import { createTrainer, losses, optimizers } from '../../src/train/index.js';
import { random } from '../ops/values.js';
import { gru, lstm, rnn } from '../reference/recurrent/recurrent.js';

const [steps, features, units] = [4, 3, 5];
const sizes = { steps, rows: 1, features, hidden: units };

/** Blocks of rows in another order. */
const ordered = (values: Float32Array, gates: readonly number[]) => {
  const block = values.length / gates.length;
  return gates.flatMap((gate) => [...values.subarray(gate * block, (gate + 1) * block)]);
};

describe.each([
  ['lstm', layers.lstm, lstm, [0, 3, 1, 2]],
  ['gru', layers.gru, gru, [1, 0, 2]],
  ['simpleRnn', layers.simpleRnn, rnn, [0]],
] as const)('%s, error within 2e-6', (kind, make, reference, gates) => {
  const count = gates.length * units;
  const weights = Object.fromEntries(
    ['', '_reverse'].flatMap((suffix) => [
      [`${kind}_1.weight_ih_l0${suffix}`, random([count, features], -0.7, 0.7)],
      [`${kind}_1.weight_hh_l0${suffix}`, random([count, units], -0.5, 0.5)],
      [`${kind}_1.bias_ih_l0${suffix}`, random([count])],
      [`${kind}_1.bias_hh_l0${suffix}`, random([count], -0.4, 0.9)],
    ]),
  );
  const x = random([1, steps, features]);
  const direction = (suffix: string) => {
    const of = (role: string) => ordered(weights[`${kind}_1.${role}_l0${suffix}`].data, gates);
    return reference(
      x.data,
      sizes,
      { weights: of('weight_ih'), recurrent: of('weight_hh'), biases: [...of('bias_ih'), ...of('bias_hh')] },
      { reverse: suffix !== '', linearBeforeReset: true },
    );
  };
  const network = (bidirectional: boolean, returnSequences: boolean) => {
    const given = layers.input([steps, features]);
    const built = layers.model({
      inputs: given,
      outputs: make({ units, bidirectional, returnSequences })(given),
    });
    const own = Object.entries(weights).filter(([name]) => bidirectional || !name.endsWith('_reverse'));
    built.load(Object.fromEntries(own));
    return built;
  };
  const outputOf = (result: Record<string, { data: ArrayLike<number | bigint> }>) =>
    Array.from(Object.values(result)[0].data, Number);

  it('takes weights in the order of PyTorch', () => {
    const [forward, reverse] = [direction(''), direction('_reverse')];
    const result = (both: boolean, all: boolean) =>
      outputOf(layers.compileSync(network(both, all)).runSync({ input: x }));
    const close = (actual: number[], expected: number[]) => {
      expect(actual.length).toBe(expected.length);
      actual.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(2e-6);
      });
    };
    close(result(false, false), forward.state);
    close(result(false, true), forward.all);
    close(result(true, false), [...forward.state, ...reverse.state]);
    const side = (all: number[], step: number) => all.slice(step * units, (step + 1) * units);
    close(
      result(true, true),
      [0, 1, 2, 3].flatMap((step) => [...side(forward.all, step), ...side(reverse.all, step)]),
    );
  });

  it('is the same after a way through ONNX, bit for bit', async () => {
    const built = network(true, true);
    const model = layers.compileSync(built);
    const again = await loadModel(exportOnnx(model));
    const [name] = Object.keys(again.inputs);
    expect(outputOf(await again.run({ [name]: x }))).toEqual(outputOf(model.runSync({ input: x })));
  });

  it('learns which of two numbers came first', async () => {
    const given = layers.input([3, 2]);
    const state = make({ units: 8 })(given);
    const trained = layers.model({ inputs: given, outputs: layers.dense({ units: 2 })(state) });
    const trainer = await createTrainer(trained, {
      loss: losses.crossEntropy(),
      optimizer: optimizers.adam({ learningRate: 0.05 }),
    });
    const inputs = tensor([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0], [4, 3, 2]);
    const labels = tensor(Int32Array.of(0, 1, 0, 1));
    let { loss } = await trainer.step({ inputs, targets: labels });
    for (let round = 0; round < 60; round++) ({ loss } = await trainer.step({ inputs, targets: labels }));
    expect(loss).toBeLessThan(0.1);
  });
});

it('a stream gives each run the states of the one before', async () => {
  const given = {
    x: random([steps, 1, features]),
    w: random([1, 4 * units, features]),
    r: random([1, 4 * units, units]),
  };
  const { compileGraph } = await import('../../src/model/load.js');
  const { inference } = await import('../../src/graph/inference.js');
  const lstmOver = (length: number) =>
    compileGraph({
      dialect: inference,
      inputs: [
        { name: 'x', dtype: 'float32', shape: [length, 1, features] },
        { name: 'h', dtype: 'float32', shape: [1, 1, units] },
        { name: 'c', dtype: 'float32', shape: [1, 1, units] },
      ],
      outputs: ['y', 'hn', 'cn'],
      nodes: [
        {
          name: 'lstm',
          op: 'lstm',
          inputs: ['x', 'w', 'r', '', '', 'h', 'c'],
          outputs: ['y', 'hn', 'cn'],
          attributes: {},
        },
      ],
      constants: new Map(Object.entries({ w: given.w, r: given.r })),
    });
  const zeros = tensor(new Float32Array(units), [1, 1, units]);
  const whole = lstmOver(steps).runSync({ x: given.x, h: zeros, c: zeros });
  const stream = createStream(lstmOver(1), { h: 'hn', c: 'cn' });
  const part = (step: number) => tensor(given.x.data.slice(step * features, (step + 1) * features), [1, 1, features]);
  const once = (step: number) => stream.run({ x: part(step) });
  const results = await Promise.all([0, 1, 2, 3].map(once));
  expect(results.flatMap(({ y }) => [...y.data])).toEqual([...whole.y.data]);
  expect(Object.keys(results[0])).toEqual(['y']);
  expect(stream.states.c.data).toEqual(whole.cn.data);
  stream.reset();
  expect(stream.runSync({ x: part(0) }).y.data).toEqual(results[0].y.data);
  expect(() => createStream(lstmOver(1), { h: 'toString' })).toThrow(/pairs of an input and an output/);
  expect(sizeOf(stream.states.h.shape)).toBe(units);
});
