// What an operator does before it stores its result.
import { describe, expect, it } from 'vitest';
import { allBut, applied, operatorsOf } from './applied.js';
import { Network } from './network.js';

describe('residuals', () => {
  const branches = () => {
    const net = new Network();
    net.input('x', [1, 4, 4, 3]);
    net.conv('a', 'x', [5, 3, 3, 3], { padding: [1, 1, 1, 1] });
    net.conv('b', 'x', [5, 3, 1, 1]);
    return net;
  };
  const x = new Network(5).floats([1, 4, 4, 3]);

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('the later layer takes the other one (%s + %s)', (left, right) => {
    const net = branches();
    net.binary('y', 'add', left, right);
    const graph = applied(['residuals'], net.graph('y'), { x }, 16);
    expect(graph.nodes.map(({ inputs }) => inputs[3])).toEqual([undefined, 'a']);
    expect(graph.nodes[1].outputs).toEqual(['y']);
  });

  it('takes a result that is only computed after it', () => {
    const net = branches();
    net.relu('relu', 'b');
    net.binary('y', 'add', 'a', 'relu');
    const graph = applied(['residuals'], net.graph('y', 'b'), { x }, 16);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['b', 'relu', 'a']);
  });

  it('takes the other branch where others read one', () => {
    const net = branches();
    net.binary('y', 'add', 'a', 'b');
    const graph = applied(['residuals'], net.graph('y', 'b'), { x }, 16);
    expect(graph.nodes.map(({ name, inputs }) => [name, inputs[3]])).toEqual([
      ['b', undefined],
      ['a', 'b'],
    ]);
  });

  it('leaves shapes that broadcast, a layer added to itself and layers that others read alone', () => {
    const net = branches();
    net.constant('c', [5]);
    net.binary('y', 'add', 'a', 'c');
    net.binary('twice', 'add', 'b', 'b');
    expect(operatorsOf(applied(['residuals'], net.graph('y', 'twice'), { x }))).toEqual(['conv', 'conv', 'add', 'add']);
    const read = branches();
    read.binary('y', 'add', 'a', 'b');
    expect(operatorsOf(applied(['residuals'], read.graph('y', 'a', 'b'), { x }))).toEqual(['conv', 'conv', 'add']);
  });

  it('takes one residual and one activation, the rest stays', () => {
    const net = branches();
    net.conv('c', 'x', [5, 3, 1, 1]);
    net.binary('ab', 'add', 'a', 'b');
    net.binary('abc', 'add', 'ab', 'c');
    net.relu('relu', 'abc');
    net.relu('y', 'relu');
    const graph = applied(['residuals', 'activations'], net.graph('y'), { x }, 16);
    expect(operatorsOf(graph)).toEqual(['conv', 'conv', 'conv clip', 'activation']);
  });
});

describe('activations', () => {
  it('go into the operator before', () => {
    const net = new Network();
    net.input('x', [2, 3]);
    net.constant('c', [3]);
    net.binary('sum', 'add', 'x', 'c');
    net.relu('y', 'sum');
    expect(operatorsOf(applied(['activations'], net.graph('y'), { x: net.floats([2, 3]) }))).toEqual(['add clip']);
  });

  it('stay behind operators that take none, results that others read, and other activations', () => {
    const net = new Network();
    net.input('x', [2, 3]);
    net.node('neg', 'unary', ['x'], { operation: 'neg' });
    net.relu('a', 'neg');
    net.binary('twice', 'add', 'x', 'x');
    net.relu('b', 'twice');
    net.relu('c', 'a');
    const graph = applied(['activations'], net.graph('b', 'c', 'twice'), { x: net.floats([2, 3]) });
    expect(operatorsOf(graph)).toEqual(['neg', 'activation', 'add', 'activation', 'activation']);
  });
});

it('passes have names of their own', () => {
  const names = [...allBut([])];
  expect(new Set(names).size).toBe(names.length);
});
