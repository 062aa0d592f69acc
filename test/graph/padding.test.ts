// Pads that become the padding of what reads them.
import { describe, expect, it } from 'vitest';
import { applied, operatorsOf } from './applied.js';
import { Network, TO_LAST } from './network.js';

describe('padding', () => {
  const padded = (padding: number[], attributes = {}) => {
    const net = new Network();
    net.input('x', [1, 5, 6, 3]);
    net.node('pad', 'pad', ['x'], { mode: 'constant', padding, ...attributes });
    net.conv('conv', 'pad', [2, 3, 3, 3], { padding: [1, 0, 0, 1] });
    return net;
  };
  const x = new Network(9).floats([1, 5, 6, 3]);

  it('adds zeros before a convolution to its padding', () => {
    const graph = applied(['padding'], padded([0, 1, 2, 0, 0, 3, 0, 0]).graph('conv'), { x });
    expect(operatorsOf(graph)).toEqual(['conv']);
    expect(graph.nodes[0].attributes.padding).toEqual([2, 2, 3, 1]);
  });

  it('reaches through a change of layout', () => {
    const net = new Network();
    net.input('x', [1, 3, 5, 6]);
    net.node('pad', 'pad', ['x'], { mode: 'constant', padding: [0, 0, 1, 2, 0, 0, 3, 0] });
    net.transpose('last', 'pad', TO_LAST);
    net.conv('conv', 'last', [2, 3, 3, 3]);
    const graph = applied(['padding'], net.graph('conv'), { x: net.floats([1, 3, 5, 6]) });
    expect(operatorsOf(graph)).toEqual(['transpose', 'conv']);
    expect(graph.nodes[1].attributes.padding).toEqual([1, 2, 3, 0]);
  });

  it('keeps the pad for its other readers', () => {
    const net = padded([0, 1, 1, 0, 0, 1, 1, 0]);
    net.relu('relu', 'pad');
    const graph = applied(['padding'], net.graph('conv', 'relu'), { x });
    expect(operatorsOf(graph).sort()).toEqual(['activation', 'conv', 'pad']);
  });

  it.each([
    ['other values', [0, 1, 1, 0, 0, 1, 1, 0], { value: 2 }],
    ['other modes', [0, 1, 1, 0, 0, 1, 1, 0], { mode: 'edge' }],
    ['images', [1, 1, 1, 0, 0, 1, 1, 0], {}],
    ['cuts', [0, -1, 1, 0, 0, 1, 1, 0], {}],
  ])('leaves %s alone', (_, padding, attributes) => {
    const graph = applied(['padding'], padded(padding, attributes).graph('conv'), { x });
    expect(operatorsOf(graph)).toEqual(['pad', 'conv']);
  });

  it('leaves added channels alone', () => {
    const net = new Network();
    net.input('x', [1, 5, 6, 3]);
    net.node('pad', 'pad', ['x'], { mode: 'constant', padding: [0, 1, 1, 1, 0, 1, 1, 0] });
    net.conv('conv', 'pad', [2, 4, 3, 3]);
    expect(operatorsOf(applied(['padding'], net.graph('conv'), { x }))).toEqual(['pad', 'conv']);
  });
});

describe('padding before pools', () => {
  const shape = [1, 5, 6, 3];
  const pooled = (op: string, attributes: object, activation = 'clip') => {
    const net = new Network();
    net.input('x', shape);
    net.node('active', 'activation', ['x'], { activation, alpha: 0, beta: 6 });
    net.node('pad', 'pad', ['active'], { mode: 'constant', padding: [0, 1, 1, 0, 0, 2, 1, 0] });
    net.node('y', op, ['pad'], { kernelShape: [3, 3], strides: [2, 2], ...attributes });
    return operatorsOf(applied(['padding'], net.graph('y'), { x: net.floats(shape) }, 4));
  };

  it.each([
    ['averagePool', {}],
    ['averagePool', { padding: [1, 1, 1, 1], includePadding: true }],
    ['averagePool', { dilations: [2, 1] }],
    ['maxPool', {}],
    ['maxPool', { strides: [1, 1] }],
  ])('%s takes it in: %o', (op, attributes) => {
    expect(pooled(op, attributes)).toEqual(['activation', op]);
  });

  it.each([
    ['averagePool', { padding: [1, 1, 1, 1] }],
    ['averagePool', { autoPad: 'same-upper' }],
    ['averagePool', { kernelShape: [2, 2], strides: [3, 3], ceil: true }],
    ['maxPool', { padding: [1, 1, 1, 1] }],
    ['maxPool', { kernelShape: [1, 1], strides: [1, 1] }],
    ['maxPool', { kernelShape: [2, 2], dilations: [2, 2] }],
  ])('%s leaves it alone where that changed the result: %o', (op, attributes) => {
    expect(pooled(op, attributes)).toEqual(['activation', 'pad', op]);
  });

  it('a max pool leaves it alone where zeros may win, and where its indices are wanted', () => {
    expect(pooled('maxPool', {}, 'tanh')).toEqual(['activation', 'pad', 'maxPool']);
    const net = new Network();
    net.input('x', shape);
    net.relu('active', 'x');
    net.node('pad', 'pad', ['active'], { mode: 'constant', padding: [0, 1, 1, 0, 0, 1, 1, 0] });
    net.node('y', 'maxPool', ['pad'], { kernelShape: [3, 3] }, ['y', 'places']);
    net.node('floats', 'cast', ['places'], { to: 'float32' });
    const graph = applied(['padding'], net.graph('y', 'floats'), { x: net.floats(shape) });
    expect(operatorsOf(graph)).toEqual(['activation', 'pad', 'maxPool', 'cast']);
  });

  it('a max pool looks for what cannot be negative through pools, moves and concatenations', () => {
    const net = new Network();
    net.input('x', shape);
    net.relu('a', 'x');
    net.node('b', 'activation', ['x'], { activation: 'sigmoid' });
    net.node('joined', 'concat', ['a', 'b'], { axis: 3 });
    net.node('small', 'maxPool', ['joined'], { kernelShape: [2, 2] });
    net.node('pad', 'pad', ['small'], { mode: 'constant', padding: [0, 1, 1, 0, 0, 1, 1, 0] });
    net.node('y', 'maxPool', ['pad'], { kernelShape: [3, 3] });
    const graph = applied(['padding'], net.graph('y'), { x: net.floats(shape) });
    expect(operatorsOf(graph)).toEqual(['activation', 'activation', 'concat', 'maxPool', 'maxPool']);
  });
});
