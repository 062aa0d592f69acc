// Batch norms before convolutions, and concatenations that continue earlier ones.
import { describe, expect, it } from 'vitest';
import { applyPasses } from '../../src/graph/passes/index.js';
import { foldingFor, specialized } from '../ops/check.js';
import { applied, operatorsOf } from './applied.js';
import { Network } from './network.js';

const shape = [2, 4, 5, 6];
const x = new Network(4).floats(shape);
const FOLDING = ['input scales', 'folded constants'];

describe('input scales', () => {
  /** The layer on `operation` of x and a constant. */
  const layer = (kind: string, operation: string, constant: number[], attributes: object = {}, swapped = false) => {
    const net = new Network();
    net.input('x', shape);
    net.constant('c', constant);
    net.binary('scaled', operation, ...((swapped ? ['c', 'x'] : ['x', 'c']) as [string, string]));
    if (kind === 'conv') net.conv('y', 'scaled', [4, 3, 3, 2], { groups: 2, ...attributes });
    else {
      net.constant('w', kind === 'rows' ? [6, 7] : [7, 6]);
      net.node('y', 'matmul', ['scaled', 'w'], { transposeB: kind !== 'rows', ...attributes });
    }
    return net;
  };
  const operators = (net: Network, roundings = 0) => operatorsOf(applied(FOLDING, net.graph('y'), { x }, roundings));

  it.each(
    ['conv', 'rows', 'columns'].flatMap((kind) =>
      ['add', 'sub', 'mul', 'div'].map((operation) => [kind, operation] as const),
    ),
  )('the filters of a %s take in what %s does to its input', (kind, operation) => {
    for (const constant of [[6], [1, 1, 6], [1], []])
      expect(operators(layer(kind, operation, constant), 2 ** 16), `[${constant}]`).toHaveLength(1);
  });

  it('take in a factor, but no offset, where the layer pads', () => {
    const padding = [1, 1, 1, 1];
    expect(operators(layer('conv', 'mul', [6], { padding }), 256)).toEqual(['conv']);
    expect(operators(layer('conv', 'add', [6], { padding }), 256)).toEqual(['add', 'conv']);
    expect(operators(layer('conv', 'sub', [6], { autoPad: 'same-upper' }), 256)).toEqual(['sub', 'conv']);
  });

  it('take in a whole batch norm, factor and offset', () => {
    const net = new Network();
    net.input('x', shape);
    net.constant('factor', [6]);
    net.constant('offset', [6]);
    net.binary('scaled', 'mul', 'x', 'factor');
    net.binary('shifted', 'add', 'offset', 'scaled');
    net.conv('y', 'shifted', [4, 6, 1, 1]);
    expect(operators(net, 256)).toEqual(['conv']);
  });

  it.each([
    ['a constant for each pixel', layer('conv', 'mul', [5, 1])],
    ['a difference the other way round', layer('conv', 'sub', [6], {}, true)],
    ['a quotient the other way round', layer('conv', 'div', [6], {}, true)],
    ['a minimum', layer('conv', 'min', [])],
    ['a maximum', layer('conv', 'max', [6])],
    ['a remainder', layer('rows', 'mod', [6])],
  ])('leave %s alone', (_, net) => {
    expect(operators(net, 1e6)).toHaveLength(2);
  });

  it('leave what others read, what has an activation and unknown filters alone', () => {
    const read = layer('conv', 'mul', [6]);
    expect(operatorsOf(applied(FOLDING, read.graph('y', 'scaled'), { x }))).toEqual(['mul', 'conv']);
    const active = new Network();
    active.input('x', shape);
    active.constant('c', [6]);
    active.node('scaled', 'binary', ['x', 'c'], { operation: 'mul', activation: 'tanh' });
    active.conv('y', 'scaled', [4, 6, 1, 1]);
    expect(operators(active)).toEqual(['mul tanh', 'conv']);
    const open = layer('rows', 'mul', [6]);
    open.constants.delete('w');
    open.input('w', [6, 7]);
    expect(operatorsOf(applied(FOLDING, open.graph('y'), { x, w: open.floats([6, 7]) }))).toEqual(['mul', 'matmul']);
  });
});

describe('scale and shift', () => {
  const normalized = (factor: number[], offset: number[]) => {
    const net = new Network();
    net.input('x', shape);
    net.constant('factor', factor);
    net.constant('offset', offset);
    net.binary('scaled', 'mul', 'factor', 'x');
    net.binary('y', 'add', 'scaled', 'offset');
    return net;
  };

  it('are one step, activation included', () => {
    const net = normalized([6], [1, 1, 1, 6]);
    net.node('active', 'activation', ['y'], { activation: 'tanh' });
    const graph = applied(['scale and shift', 'activations', 'folded constants'], net.graph('active'), { x }, 8);
    expect(graph.nodes.map(({ op, attributes }) => [op, attributes.activation])).toEqual([['scaleShift', 'tanh']]);
  });

  it('stay two where one is the same for all channels, or where the product is read', () => {
    expect(operatorsOf(applied(['scale and shift'], normalized([6], [1]).graph('y'), { x }))).toEqual(['mul', 'add']);
    expect(operatorsOf(applied(['scale and shift'], normalized([], [6]).graph('y'), { x }))).toEqual(['mul', 'add']);
    const read = normalized([6], [6]).graph('y', 'scaled');
    expect(operatorsOf(applied(['scale and shift'], read, { x }))).toEqual(['mul', 'add']);
  });
});

it('a scalar has no channels: it is scaled and shifted in two steps', () => {
  const net = new Network();
  net.input('x', []);
  net.constant('factor', []);
  net.binary('scaled', 'mul', 'x', 'factor');
  net.binary('y', 'add', 'scaled', 'factor');
  expect(operatorsOf(applied(['scale and shift'], net.graph('y'), { x: net.floats([]) }))).toEqual(['mul', 'add']);
});

it('what becomes of a network without batch norms does not depend on those that were loaded before', () => {
  const net = new Network();
  net.input('x', shape);
  net.constant('c', [6]);
  net.binary('scaled', 'mul', 'x', 'c');
  net.binary('y', 'add', 'scaled', 'c');
  const graph = net.graph('y');
  expect(operatorsOf(applyPasses(specialized(graph, { x }), foldingFor(graph)))).toEqual(['mul', 'add']);
});

describe('concats', () => {
  it('that begin like an earlier one take its result', () => {
    const net = new Network();
    net.input('x', shape);
    for (const name of ['a', 'b', 'c']) net.conv(name, 'x', [2, 6, 1, 1]);
    net.node('ab', 'concat', ['a', 'b'], { axis: 3 });
    net.node('abc', 'concat', ['a', 'b', 'c'], { axis: 3 });
    net.node('abca', 'concat', ['a', 'b', 'c', 'a'], { axis: 3 });
    net.node('again', 'concat', ['a', 'b'], { axis: 3 });
    net.node('rows', 'concat', ['a', 'b'], { axis: 1 });
    net.node('other', 'concat', ['b', 'a'], { axis: 3 });
    const outputs = ['ab', 'abc', 'abca', 'again', 'rows', 'other'];
    const graph = applied(['concats'], net.graph(...outputs), { x }, 4);
    const joined = graph.nodes.filter(({ op }) => op === 'concat').map(({ name, inputs }) => [name, inputs]);
    expect(joined).toEqual([
      ['ab', ['a', 'b']],
      ['abc', ['ab', 'c']],
      ['abca', ['abc', 'a']],
      ['rows', ['a', 'b']],
      ['other', ['b', 'a']],
    ]);
    expect(graph.outputs).toEqual(outputs.with(3, 'ab'));
  });
});
