// What must not be moved is not moved: plans of networks and of their typical pieces, step by step.
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/graph/graph.js';
import type { Network as Built } from '../../src/layers/index.js';
import type { Plan, Table } from '../../src/plan/plan.js';
import { makePlan } from '../../src/plan/planner.js';
import { WeightStore } from '../../src/plan/weights.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import * as zoo from '../../src/zoo/index.js';
import { Network, TO_FIRST, TO_LAST } from '../graph/network.js';
import { checkGraph, compiled, runWatched } from '../ops/check.js';
import { elementAt, fromIndices } from '../reference/elements.js';

function planOf(graph: Graph): Plan {
  const types = graph.inputs.map(({ name, dtype, shape }) => {
    const known = shape.map((extent) => (typeof extent === 'string' ? 1 : extent));
    return [name, { dtype, shape: known }] as const;
  });
  return makePlan(compiled(graph, Object.fromEntries(types)), new WeightStore());
}

const isMove = (kernel: string) => /^(copy|fill)_/.test(kernel);

/** The steps that only move, behind those that bring the input into its halo, by operator. */
function moves({ steps, nodes }: Plan): string[] {
  const first = steps.findIndex(({ kernel }) => !isMove(kernel) && kernel !== 'clear_halo');
  return steps.slice(first).flatMap(({ kernel, node }) => (isMove(kernel) ? [nodes[node].op] : []));
}

const kernels = ({ steps }: Plan): string[] => steps.map(({ kernel }) => kernel);
const count = (names: readonly string[], name: string) => names.filter((one) => one === name).length;

describe('networks move nothing', () => {
  const small = { inputSize: 64, classes: 5 };
  it.each<[string, () => Built]>([
    ['VGG', () => zoo.vgg11({ classes: 5, width: 8 })],
    ['ResNet', () => zoo.resnet50(small)],
    ['ResNeXt', () => zoo.resnext50(small)],
    ['SqueezeNet', () => zoo.squeezenet1_1(small)],
    ['GoogLeNet', () => zoo.googlenet(small)],
    ['Inception', () => zoo.inceptionV3({ ...small, inputSize: 75 })],
    ['DenseNet', () => zoo.densenet121(small)],
    ['MobileNet v2', () => zoo.mobilenetV2(small)],
    ['MobileNet v3', () => zoo.mobilenetV3Large(small)],
    ['EfficientNet', () => zoo.efficientnetB0(small)],
    ['MNASNet', () => zoo.mnasnet(small)],
  ])('%s', (_, build) => {
    expect(moves(planOf(build().graph))).toEqual([]);
  });

  it('but ShuffleNet, once a shuffle and once for the half of the channels that passes a unit by', () => {
    const found = moves(planOf(zoo.shufflenetV2x1_0(small).graph));
    const [units, flatUnits] = [16, 13];
    expect([count(found, 'transpose'), count(found, 'slice'), found.length]).toEqual([
      units,
      flatUnits,
      units + flatUnits,
    ]);
  });
});

describe('dense blocks', () => {
  /** Layers that read all features before them, as torchvision joins them: each time from the beginning. */
  const block = (layers: number, outputs: string[] = []) => {
    const net = new Network();
    net.input('x', [1, 6, 6, 4]);
    const features = [net.conv('f0', 'x', [4, 4, 1, 1])];
    for (let layer = 1; layer <= layers; layer++) {
      net.node(`joined${layer}`, 'concat', [...features], { axis: 3 });
      const channels = 4 + 3 * (layer - 1);
      const statistics = ['scale', 'shift', 'mean'].map((name) => net.constant(`${name}${layer}`, [channels]));
      const variance = net.constant(`variance${layer}`, tensor(new Float32Array(channels).fill(1)));
      net.node(`normal${layer}`, 'batchNorm', [`joined${layer}`, ...statistics, variance]);
      net.relu(`active${layer}`, `normal${layer}`);
      features.push(net.conv(`f${layer}`, `active${layer}`, [3, channels, 3, 3], { padding: [1, 1, 1, 1] }));
    }
    net.node('all', 'concat', features, { axis: 3 });
    net.relu('y', 'all');
    return net.graph('y', ...outputs);
  };

  it('keep all features in one place', () => {
    const plan = planOf(block(4));
    expect(moves(plan)).toEqual([]);
    expect(count(kernels(plan), 'f32_scale_shift')).toBe(4);
    expect(kernels(plan).filter((kernel) => /binary|activation/.test(kernel))).toEqual(['f32_activation']);
  });

  it('copy a part that is an output, once', () => {
    expect(moves(planOf(block(4, ['f1'])))).toEqual(['concat']);
  });
});

describe('pads that stay', () => {
  const PADDED = -0.5;
  const padded = (attributes: object, channels = 3) => {
    const net = new Network();
    net.input('x', [1, 4, 5, channels]);
    net.node('a', 'activation', ['x'], { activation: 'tanh' });
    net.node('pad', 'pad', ['a'], { mode: 'constant', padding: [0, 1, 2, 0, 0, 1, 0, 0], ...attributes });
    net.node('y', 'maxPool', ['pad'], { kernelShape: [2, 2] });
    return net;
  };

  /** What `padded` makes of its activation, where place `at` of an axis of `extent` is that of `source`. */
  const pooled = ({ shape, data }: Tensor, source: (at: number, extent: number) => number) => {
    const a = { shape, values: Array.from(data, Number) };
    const [, rows, columns, channels] = shape;
    const element = (row: number, column: number, channel: number): number => {
      const [r, c] = [source(row - 1, rows), source(column - 2, columns)];
      const isInside = r >= 0 && r < rows && c >= 0 && c < columns;
      return isInside ? elementAt(a, [0, r, c, channel]) : PADDED;
    };
    return fromIndices([1, rows + 1, columns + 1, channels], ([, row, column, channel]) =>
      Math.max(...[0, 1].flatMap((r) => [0, 1].map((c) => element(row + r, column + c, channel)))),
    );
  };

  it.each<[string, object, (at: number, extent: number) => number]>([
    ['constant', { value: PADDED }, (at) => at],
    ['edge', { mode: 'edge' }, (at, extent) => Math.min(Math.max(at, 0), extent - 1)],
    ['reflect', { mode: 'reflect' }, (at, extent) => extent - 1 - Math.abs(extent - 1 - Math.abs(at))],
  ])('%s: what they pad is computed inside of them', (_, attributes, source) => {
    const net = padded(attributes);
    const inputs = { x: net.floats([1, 4, 5, 3]) };
    const plan = makePlan(compiled(net.graph('y'), inputs), new WeightStore());
    const [producer, reader] = ['f32_activation', 'f32_max_pool'].map((name) => kernels(plan).indexOf(name));
    expect(producer).toBe(0);
    const whole = 4 * 5 * 3;
    for (const { args, kernel } of plan.steps.slice(producer + 1, reader)) {
      const { region } = args.extents as unknown as { region: Table };
      const extents = region.values;
      expect(
        Array.from(extents).reduce((a, b) => a * b, 1),
        `${kernel} of ${extents}`,
      ).toBeLessThan(whole);
    }
    // Binaries round tanh differently; padding it and taking the greatest is exact.
    checkGraph(net.graph('y'), inputs, (binary) => {
      const [a] = runWatched(compiled(net.graph('a'), inputs), inputs, binary);
      return [{ ...pooled(a, source), roundings: 0 }];
    });
  });
});

describe('parts', () => {
  it('of channels are found where the whole is, halos too', () => {
    const net = new Network();
    net.input('x', [1, 5, 5, 6]);
    net.conv('a', 'x', [8, 6, 1, 1]);
    net.node('parts', 'split', ['a'], { axis: 3, parts: 2 }, ['left', 'right']);
    net.conv('b', 'left', [4, 4, 3, 3], { padding: [1, 1, 1, 1] });
    net.node('third', 'slice', ['right'], { starts: [2], ends: [4], axes: [3] });
    net.conv('c', 'third', [4, 2, 1, 1]);
    net.binary('y', 'add', 'b', 'c');
    expect(moves(planOf(net.graph('y')))).toEqual([]);
  });

  it('that are outputs, walked backwards or with channels apart are copied', () => {
    for (const attributes of [
      { starts: [-1], ends: [-9], axes: [1], steps: [-1] },
      { starts: [0], ends: [9], axes: [3], steps: [2] },
    ]) {
      const net = new Network();
      net.input('x', [1, 5, 5, 6]);
      net.relu('a', 'x');
      net.node('part', 'slice', ['a'], attributes);
      net.relu('y', 'part');
      expect(moves(planOf(net.graph('y')))).toEqual(['slice']);
    }
    const net = new Network();
    net.input('x', [1, 5, 5, 6]);
    net.relu('a', 'x');
    net.node('part', 'slice', ['a'], { starts: [2], ends: [4], axes: [3] });
    expect(moves(planOf(net.graph('part')))).toEqual(['slice']);
  });

  it('of joined rows lie in place', () => {
    const net = new Network();
    net.input('x', [1, 5, 5, 6]);
    net.relu('a', 'x');
    net.conv('b', 'x', [6, 6, 1, 1]);
    net.node('rows', 'concat', ['a', 'b'], { axis: -3 });
    net.relu('y', 'rows');
    expect(moves(planOf(net.graph('y')))).toEqual([]);
  });
});

describe('channel shuffles', () => {
  it('of channels-first models are one copy', () => {
    const net = new Network();
    net.input('x', [1, 6, 4, 4]);
    net.transpose('last', 'x', TO_LAST);
    net.conv('a', 'last', [6, 6, 1, 1]);
    net.transpose('first', 'a', TO_FIRST);
    net.node('apart', 'reshape', ['first'], { shape: [1, 2, 3, 4, 4] });
    net.transpose('dealt', 'apart', [0, 2, 1, 3, 4]);
    net.node('together', 'reshape', ['dealt'], { shape: [1, 6, 4, 4] });
    net.transpose('again', 'together', TO_LAST);
    net.conv('y', 'again', [6, 1, 3, 3], { groups: 6, padding: [1, 1, 1, 1] });
    const steps = kernels(planOf(net.graph('y')));
    const [from, to] = ['f32_conv', 'f32_depthwise_3x3'].map((name) => steps.indexOf(name));
    expect(steps.slice(from + 1, to).filter(isMove)).toHaveLength(1);
  });
});

describe('squeeze and excitation', () => {
  it.each([
    ['MobileNet v3', () => zoo.mobilenetV3Large({ inputSize: 64 }), 8],
    ['EfficientNet', () => zoo.efficientnetB0({ inputSize: 64 }), 16],
  ])('%s: means, two rows times a matrix, one product', (_, build, blocks) => {
    const steps = kernels(planOf(build().graph));
    const places = steps.flatMap((kernel, at) => (kernel === 'f32_binary' ? [at] : []));
    expect(places).toHaveLength(blocks);
    for (const at of places) {
      const before = steps.slice(at - 4, at).filter((kernel) => kernel !== 'clear_halo');
      expect(before.slice(-3)).toEqual(['f32_global_average_pool', 'f32_gemv', 'f32_gemv']);
    }
  });
});
