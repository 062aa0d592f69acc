import { describe, expect, it } from 'vitest';
import type { TypedGraph } from '../../src/graph/graph.js';
import { Session } from '../../src/model/session.js';
import type { View } from '../../src/ops/operator.js';
import { placeValues } from '../../src/plan/placement.js';
import type { Plan } from '../../src/plan/plan.js';
import { makePlan } from '../../src/plan/planner.js';
import { addressOf, encodeProgram, programBytes } from '../../src/plan/program.js';
import { WeightStore } from '../../src/plan/weights.js';
import { Core } from '../../src/runtime/core.js';
import { Network } from '../graph/network.js';
import { moduleOf } from '../kernels/harness.js';
import { compiled, specialized } from '../ops/check.js';

const regionOf = ({ pointer }: View) => (pointer === 0 ? undefined : pointer.region);
const offsetOf = ({ pointer }: View) => (pointer === 0 ? 0 : pointer.offset);

/** x -> a (elementwise) -> whatever `rest` adds. */
function network(rest: (net: Network) => string[], shape: number[] = [1, 4, 5, 3]): TypedGraph {
  const net = new Network();
  net.input('x', shape);
  net.node('a', 'unary', ['x'], { operation: 'neg' });
  const outputs = rest(net);
  return specialized(net.graph(...outputs), { x: net.floats(shape) });
}

describe('placement: halos', () => {
  it('gives a value the largest halo that its readers want', () => {
    const graph = network((net) => [
      net.conv('y', 'a', [2, 3, 3, 3], { padding: [1, 0, 1, 2] }),
      net.conv('z', 'a', [2, 3, 5, 5], { padding: [2, 2, 2, 1] }),
    ]);
    const { views, haloed } = placeValues(graph);
    const view = views.get('a')!;
    expect(view.halo).toEqual([2, 2, 2, 2]);
    expect(haloed.size).toBe(1);
    // Three channels of four bytes; rows of 2 + 5 + 2 pixels.
    expect(view.strides).toEqual([8 * 9 * 12, 9 * 12, 12, 4]);
    expect(offsetOf(view)).toBe((2 * 9 + 2) * 12);
  });

  it('gives none to inputs, outputs and values that nobody pads', () => {
    const graph = network((net) => [
      net.conv('y', 'a', [2, 3, 3, 3], { padding: [1, 1, 1, 1] }),
      'a',
      net.relu('r', 'x'),
    ]);
    const { views, haloed } = placeValues(graph);
    expect(haloed.size).toBe(0);
    for (const name of ['x', 'a', 'y']) expect(views.get(name)!.halo.every((zeros) => zeros === 0)).toBe(true);
  });
});

describe('placement: values in the place of others', () => {
  const joined = (rest: (net: Network) => string[]) =>
    placeValues(
      network((net) => {
        net.relu('b', 'x');
        net.node('joined', 'concat', ['a', 'b'], { axis: 3 });
        return rest(net);
      }),
    ).views;

  it('parts of a concatenation along the channels lie in it', () => {
    const views = joined((net) => [net.relu('y', 'joined')]);
    const whole = views.get('joined')!;
    expect(['a', 'b'].map((name) => regionOf(views.get(name)!))).toEqual([regionOf(whole), regionOf(whole)]);
    expect(['a', 'b'].map((name) => offsetOf(views.get(name)!))).toEqual([0, 12]);
    expect(views.get('b')!.strides).toEqual(whole.strides);
  });

  it('halos that readers of a part want become halos of the whole', () => {
    const views = joined((net) => [
      net.relu('y', 'joined'),
      net.conv('z', 'a', [1, 3, 3, 3], { padding: [1, 1, 1, 1] }),
    ]);
    expect(views.get('joined')!.halo).toEqual([1, 1, 1, 1]);
    expect(regionOf(views.get('a')!)).toBe(regionOf(views.get('joined')!));
  });

  it('graph outputs and inputs, parts named twice and other axes lie by themselves', () => {
    const apart = joined((net) => [net.relu('y', 'joined'), 'a']);
    expect(regionOf(apart.get('a')!)).not.toBe(regionOf(apart.get('joined')!));
    expect(regionOf(apart.get('b')!)).toBe(regionOf(apart.get('joined')!));
    const graph = network((net) => {
      net.node('twice', 'concat', ['a', 'a'], { axis: 3 });
      net.node('rows', 'concat', ['twice', 'twice'], { axis: 1 });
      return [net.relu('y', 'rows')];
    });
    const { views } = placeValues(graph);
    const regions = ['a', 'twice', 'rows'].map((name) => regionOf(views.get(name)!));
    expect(new Set(regions).size).toBe(3);
  });

  it('a reshape takes no room and no step', () => {
    const graph = network((net) => {
      net.node('flat', 'reshape', ['a'], { shape: [1, 60] });
      return [net.relu('y', 'flat')];
    });
    const { views } = placeValues(graph);
    expect(regionOf(views.get('flat')!)).toBe(regionOf(views.get('a')!));
    expect(makePlan(graph, new WeightStore()).steps.map(({ kernel }) => kernel)).toEqual([
      'f32_unary',
      'f32_activation',
    ]);
  });
});

/** A network with tables, scratch, halos and weights of several forms. */
function various(batch: number): TypedGraph {
  const net = new Network(7);
  net.input('x', ['batch', 8, 8, 3]);
  net.conv('conv', 'x', [9, 3, 3, 3], { padding: [1, 1, 1, 1] });
  net.conv('depthwise', 'conv', [9, 1, 3, 3], { groups: 9, padding: [1, 1, 1, 1] });
  net.node('pool', 'maxPool', ['depthwise'], { kernelShape: [2, 2], strides: [2, 2] });
  net.node('turned', 'transpose', ['pool'], { permutation: [0, 3, 1, 2] });
  net.node('flat', 'reshape', ['turned'], { shape: [batch, 144] });
  net.constant('w', [144, 5]);
  net.node('y', 'matmul', ['flat', 'w']);
  return compiled(net.graph('y'), { x: { dtype: 'float32', shape: [batch, 8, 8, 3] } });
}

/** The program placed at `base`, its arena behind it. */
function encodedAt(plan: Plan, base: number): DataView {
  const { kernels } = new Core(moduleOf('strict'), Number.POSITIVE_INFINITY);
  for (const slot of plan.slots) slot.base = base + programBytes(plan.steps, plan.tables, kernels) + slot.offset;
  const { buffer } = encodeProgram(plan.steps, plan.tables, base, kernels);
  return new DataView(buffer);
}

describe('programs', () => {
  it('are relocatable: addresses move with the program, nothing else changes', () => {
    const weights = new WeightStore();
    const plan = makePlan(various(1), weights, { threads: 2 });
    let end = 64;
    for (const weight of weights.all) {
      weight.base = end;
      end += weight.bytes;
    }
    const by = 1 << 20;
    const [low, high] = [encodedAt(plan, 4096), encodedAt(plan, 4096 + by)];
    let moved = 0;
    let at = plan.steps.length * 8;
    plan.steps.forEach((_, index) => {
      expect(high.getUint32(index * 8, true)).toBe(low.getUint32(index * 8, true));
      expect(high.getUint32(index * 8 + 4, true) - low.getUint32(index * 8 + 4, true)).toBe(by);
    });
    for (const step of plan.steps) {
      for (const value of Object.values(step.args)) {
        const own = typeof value !== 'number' && value.region !== undefined;
        if (own && !weights.all.some((weight) => weight === value.region)) moved++;
      }
      at += Object.keys(step.args).length * 4;
    }
    let differences = 0;
    for (let word = plan.steps.length * 8; word < at; word += 4) {
      const difference = high.getInt32(word, true) - low.getInt32(word, true);
      if (difference === 0) continue;
      expect(difference).toBe(by);
      differences++;
    }
    expect(differences).toBe(moved);
    // Tables hold values, not addresses.
    for (let word = at; word < low.byteLength; word += 4)
      expect(high.getInt32(word, true)).toBe(low.getInt32(word, true));
  });

  it.each([2 ** 32, -(2 ** 31) - 1, 0.5, NaN, Infinity])('refuse what no 32-bit integer is: %d', (value) => {
    const plan = makePlan(various(1), new WeightStore());
    const [pool] = plan.steps.filter(({ kernel }) => kernel === 'f32_max_pool');
    const wrong = { ...pool, args: { ...pool.args, strideRows: value } };
    const tables = [{ base: 0, values: [value] }];
    for (const broken of [
      { ...plan, steps: [wrong] },
      { ...plan, steps: [], tables },
    ]) {
      const encode = () => encodedAt(broken, 0);
      expect(encode).toThrow(expect.objectContaining({ code: 'LIMIT' }));
      expect(encode).toThrow(/a kernel would have to count to/);
    }
  });

  it('give the same bits wherever they lie', () => {
    const weights = new WeightStore();
    const session = new Session(new Core(moduleOf('strict'), Number.POSITIVE_INFINITY), weights);
    const plan = makePlan(various(1), weights);
    const image = new Network(3).floats([1, 8, 8, 3]).data;
    const run = () => {
      session.activate(plan);
      session.live(plan.inputs[0]!).set(image as never);
      session.run();
      return session.read(plan.outputs[0]).data;
    };
    const before = run();
    const address = addressOf(plan.inputs[0]!.pointer);
    // Weights of another network move everything behind them.
    session.activate(makePlan(various(2), weights));
    expect(run()).toEqual(before);
    expect(addressOf(plan.inputs[0]!.pointer)).toBeGreaterThan(address);
  });
});

describe('weights', () => {
  it('are shared between plans of different batch sizes', () => {
    const net = new Network(7);
    net.input('x', ['batch', 6, 6, 3]);
    net.conv('conv', 'x', [9, 3, 3, 3], { padding: [1, 1, 1, 1] });
    net.conv('depthwise', 'conv', [9, 1, 3, 3], { groups: 9 });
    net.node('mean', 'globalAveragePool', ['depthwise']);
    net.node('flat', 'reshape', ['mean'], { shape: [0, 9] });
    net.constant('w', [9, 5]);
    net.node('y', 'matmul', ['flat', 'w']);
    const graph = net.graph('y');
    const weights = new WeightStore();
    const counts = [1, 2, 3, 1].map((batch) => {
      makePlan(specialized(graph, { x: { dtype: 'float32', shape: [batch, 6, 6, 3] } }), weights);
      return [weights.all.length, weights.bytes];
    });
    expect(counts).toEqual(counts.map(() => counts[0]));
    expect(weights.all.length).toBe(3);
  });

  it('are stored once where several nodes read them', () => {
    const net = new Network();
    net.input('x', [4, 6]);
    net.constant('w', [6, 6]);
    net.node('a', 'matmul', ['x', 'w']);
    net.node('y', 'matmul', ['a', 'w']);
    const weights = new WeightStore();
    makePlan(specialized(net.graph('y'), { x: net.floats([4, 6]) }), weights);
    expect(weights.all.length).toBe(1);
  });
});
