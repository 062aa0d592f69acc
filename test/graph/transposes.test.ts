// Changes of layout: moved to the edges, made to reshapes, folded into weights.
import { describe, expect, it } from 'vitest';
import { compiled, runWatched } from '../ops/check.js';
import { applied, operatorsOf } from './applied.js';
import { Network, TO_FIRST, TO_LAST } from './network.js';

describe('transposes', () => {
  it('computes a network whose interface is channels first channels last throughout', () => {
    const net = new Network();
    net.input('x', [1, 3, 5, 5]);
    net.transpose('in1', 'x', TO_LAST);
    net.conv('conv1', 'in1', [4, 3, 3, 3], { padding: [1, 1, 1, 1] });
    net.transpose('out1', 'conv1', TO_FIRST);
    net.relu('relu', 'out1');
    net.constant('c', [4, 1, 1]);
    net.binary('scaled', 'mul', 'relu', 'c');
    net.transpose('in2', 'scaled', TO_LAST);
    net.node('pool', 'maxPool', ['in2'], { kernelShape: [2, 2] });
    net.transpose('out2', 'pool', TO_FIRST);
    const graph = applied(['transposes', 'constants'], net.graph('out2'), { x: net.floats([1, 3, 5, 5]) });
    expect(operatorsOf(graph)).toEqual(['transpose', 'conv', 'activation', 'mul', 'maxPool', 'transpose']);
    expect(graph.types.get(graph.outputs[0])?.shape).toEqual([1, 4, 4, 4]);
  });

  it('keeps a transpose for the readers that want it', () => {
    const net = new Network();
    net.input('x', [1, 3, 4, 5]);
    net.transpose('last', 'x', TO_LAST);
    net.relu('relu', 'last');
    const graph = applied(['transposes'], net.graph('last', 'relu'), { x: net.floats([1, 3, 4, 5]) });
    expect(operatorsOf(graph).sort()).toEqual(['activation', 'transpose', 'transpose']);
  });

  it('joins two in a row, and drops them where they undo each other', () => {
    const net = new Network();
    net.input('x', [2, 3, 4, 5]);
    net.transpose('a', 'x', [0, 2, 3, 1]);
    net.transpose('b', 'a', [0, 2, 3, 1]);
    net.transpose('back', 'b', [0, 2, 3, 1]);
    const graph = applied(['transposes'], net.graph('b', 'back'), { x: net.floats([2, 3, 4, 5]) });
    expect(graph.nodes.map(({ attributes }) => attributes.permutation)).toEqual([[0, 3, 1, 2]]);
    expect(graph.outputs[1]).toBe('x');
  });

  it('moves past an operator of two transposed values, not past one of other layouts', () => {
    const net = new Network();
    net.input('a', [1, 2, 3, 4]);
    net.input('b', [1, 2, 3, 4]);
    net.transpose('ta', 'a', TO_LAST);
    net.transpose('tb', 'b', TO_LAST);
    net.binary('sum', 'add', 'ta', 'tb');
    net.input('c', [2, 1, 3, 4, 2]);
    net.binary('wide', 'add', 'sum', 'c');
    const inputs = { a: net.floats([1, 2, 3, 4]), b: net.floats([1, 2, 3, 4]), c: net.floats([2, 1, 3, 4, 2]) };
    const graph = applied(['transposes'], net.graph('wide'), inputs);
    expect(operatorsOf(graph)).toEqual(['add', 'transpose', 'add']);
  });
});

it('without an order reverses the axes, whatever passes make of it', () => {
  for (const shape of [
    [3, 3],
    [1, 4],
  ]) {
    const net = new Network();
    net.input('x', shape);
    net.node('turned', 'transpose', ['x']);
    net.relu('relu', 'turned');
    net.node('back', 'transpose', ['relu']);
    const x = net.floats(shape);
    const names = ['identities', 'transposes', 'trivial transposes', 'leftover identities'];
    const graph = applied(names, net.graph('turned', 'back'), { x });
    expect(graph.types.get(graph.outputs[0])?.shape).toEqual(shape.toReversed());
    const [height, width] = shape;
    const expected = Array.from(x.data, (_, i) => x.data[(i % height) * width + Math.floor(i / height)]);
    expect([...runWatched(compiled(net.graph('turned'), { x }), { x }, 'strict')[0].data]).toEqual(expected);
  }
});

it('transposes stay before a constant of more axes', () => {
  const net = new Network();
  net.input('x', [1, 2, 3, 4]);
  net.transpose('last', 'x', TO_LAST);
  net.constant('c', [2, 1, 1, 1, 2]);
  net.binary('wide', 'add', 'last', 'c');
  const graph = applied(['transposes'], net.graph('wide'), { x: net.floats([1, 2, 3, 4]) });
  expect(operatorsOf(graph)).toEqual(['transpose', 'add']);
  expect(graph.types.get('wide')?.shape).toEqual([2, 1, 3, 4, 2]);
});

it('transposes of tensors without elements that move only axes of one are reshapes', () => {
  const net = new Network();
  net.input('x', [3, 1, 0, 4]);
  net.transpose('y', 'x', TO_LAST);
  const graph = applied(['trivial transposes'], net.graph('y'), { x: net.floats([3, 1, 0, 4]) });
  expect(operatorsOf(graph)).toEqual(['reshape']);
});

describe('transposes before reshapes', () => {
  const reshaped = (shape: number[], to: number[], permutation = TO_FIRST) => {
    const net = new Network();
    net.input('x', shape);
    net.transpose('turned', 'x', permutation);
    net.node('y', 'reshape', ['turned'], { shape: to });
    return applied(['transposes'], net.graph('y'), { x: net.floats(shape) });
  };

  it.each([
    ['cut channels', [2, 3, 5, 6], [2, 2, 3, 3, 5]],
    ['join rows and columns', [2, 3, 5, 6], [2, 6, 15]],
    ['cut rows', [2, 4, 5, 6], [2, 6, 2, 2, 5]],
    ['move axes of one element', [1, 3, 5, 6], [6, 1, 3, 5, 1]],
  ])('move behind those that %s', (_, shape, to) => {
    expect(operatorsOf(reshaped(shape, to))).toEqual(['reshape', 'transpose']);
  });

  it('vanish where nothing is left to move', () => {
    expect(operatorsOf(reshaped([4, 1, 1, 6], [4, 6]))).toEqual(['reshape']);
  });

  it('stay before those that join what they took apart', () => {
    expect(operatorsOf(reshaped([2, 3, 5, 6], [2, 90]))).toEqual(['transpose', 'reshape']);
    expect(operatorsOf(reshaped([0, 3, 5, 6], [0, 90]))).toEqual(['transpose', 'reshape']);
  });

  it('let a shuffle of channels shuffle channels only', () => {
    const graph = reshaped([2, 4, 4, 2, 3], [2, 6, 4, 4], [0, 4, 3, 1, 2]);
    expect(graph.nodes.map(({ op, attributes }) => [op, attributes.permutation ?? attributes.shape])).toEqual([
      ['transpose', [0, 1, 2, 4, 3]],
      ['reshape', [2, 4, 4, 6]],
      ['transpose', TO_FIRST],
    ]);
  });
});

describe('trivial transposes', () => {
  it('are reshapes where they only move axes of one element', () => {
    const net = new Network();
    net.input('x', [4, 1, 3, 5]);
    net.transpose('a', 'x', TO_LAST);
    net.transpose('b', 'x', [1, 0, 2, 3]);
    net.transpose('c', 'x', [1, 2, 0, 3]);
    const graph = applied(['trivial transposes'], net.graph('a', 'b', 'c'), { x: net.floats([4, 1, 3, 5]) });
    expect(operatorsOf(graph)).toEqual(['reshape', 'reshape', 'transpose']);
  });
});

describe('flatten', () => {
  const flattened = (shape: number[], attributes = {}, weights: number[] = [60, 7]) => {
    const net = new Network();
    net.input('x', [2, 4, 5, 3]);
    net.transpose('first', 'x', TO_FIRST);
    net.node('flat', 'reshape', ['first'], { shape });
    net.constant('w', weights);
    net.node('y', 'matmul', ['flat', 'w'], attributes);
    return net;
  };
  const x = new Network(3).floats([2, 4, 5, 3]);

  it.each([
    ['rows', {}, [60, 7]],
    ['columns', { transposeB: true }, [7, 60]],
  ])('reorders the %s of the weights instead of the activations', (_, attributes, weights) => {
    const graph = applied(['flatten', 'constants'], flattened([2, 60], attributes, weights).graph('y'), { x }, 64);
    expect(operatorsOf(graph)).toEqual(['reshape', 'matmul']);
  });

  it('leaves weights that are not known, and other shapes, alone', () => {
    const open = flattened([2, 60]);
    open.constants.delete('w');
    open.input('w', [60, 7]);
    const inputs = { x, w: open.floats([60, 7]) };
    expect(operatorsOf(applied(['flatten'], open.graph('y'), inputs))).toEqual(['transpose', 'reshape', 'matmul']);
    const other = flattened([4, 30], {}, [30, 7]).graph('y');
    expect(operatorsOf(applied(['flatten'], other, { x }))).toEqual(['transpose', 'reshape', 'matmul']);
  });

  it('keeps the transpose for its other readers', () => {
    const net = flattened([2, 60]);
    const graph = applied(['flatten', 'constants'], net.graph('y', 'first', 'flat'), { x }, 64);
    expect(operatorsOf(graph).sort()).toEqual(['matmul', 'reshape', 'reshape', 'transpose']);
  });
});
