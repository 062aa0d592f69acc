// Arithmetic on channels that goes into the filters before it or behind it.
import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/tensor.js';
import { applied, operatorsOf } from './applied.js';
import { Network } from './network.js';

describe('composites', () => {
  it('makes arithmetic of a batch norm', () => {
    const net = new Network();
    net.input('x', [2, 3, 4]);
    for (const name of ['scale', 'shift', 'mean']) net.constant(name, [4]);
    net.constant('variance', tensor([1, 2, 3, 4]));
    net.node('y', 'batchNorm', ['x', 'scale', 'shift', 'mean', 'variance']);
    const graph = applied(['composites'], net.graph('y'), { x: net.floats([2, 3, 4]) });
    expect(operatorsOf(graph)).toEqual(['add', 'sqrt', 'div', 'mul', 'sub', 'mul', 'add']);
    const folded = applied(['composites', 'constants'], net.graph('y'), { x: net.floats([2, 3, 4]) });
    expect(operatorsOf(folded)).toEqual(['mul', 'add']);
  });
});

describe('scales', () => {
  const layer = (kind: 'conv' | 'matmul', transposeB = false) => {
    const net = new Network();
    net.input('x', [2, 3, 4, 5]);
    if (kind === 'conv') net.conv('layer', 'x', [6, 5, 1, 1]);
    else {
      net.constant('w', transposeB ? [6, 5] : [5, 6]);
      net.node('layer', 'matmul', ['x', 'w'], { transposeB });
    }
    return net;
  };
  const x = new Network(4).floats([2, 3, 4, 5]);
  const kinds = [
    ['conv', false],
    ['matmul', false],
    ['matmul', true],
  ] as const;

  it.each(
    kinds.flatMap(([kind, transposeB]) =>
      ['add', 'sub', 'mul', 'div'].map((operation) => [operation, kind, transposeB] as const),
    ),
  )('folds %s into a %s, transposed %s', (operation, kind, transposeB) => {
    // A single number is no bias where there is none yet.
    const needsVector = kind === 'matmul' && (operation === 'add' || operation === 'sub');
    const shapes = [[6], [1, 1, 6], ...(needsVector ? [] : [[1], [], [1, 1, 1, 1]])];
    for (const shape of shapes) {
      const net = layer(kind, transposeB);
      net.constant('c', shape);
      net.binary('y', operation, 'layer', 'c');
      const graph = applied(['scales', 'folded constants'], net.graph('y'), { x }, 256);
      expect(operatorsOf(graph), String(shape)).toEqual([kind]);
    }
  });

  it('folds a constant on the left of a sum or product, not of a difference or quotient', () => {
    for (const operation of ['add', 'mul', 'sub', 'div']) {
      const net = layer('conv');
      net.constant('c', [6]);
      net.binary('y', operation, 'c', 'layer');
      const graph = applied(['scales', 'folded constants'], net.graph('y'), { x }, 1e5);
      expect(operatorsOf(graph)).toEqual(operation === 'add' || operation === 'mul' ? ['conv'] : ['conv', operation]);
    }
  });

  it.each([
    ['mul', 1e20, 1e20, 1e-20],
    ['mul', 1e-25, 1e-25, 1e25],
    ['div', 1e20, 1e-20, 1e-20],
  ])('leaves a %s alone that would bring weights of %d by %d out of range', (operation, weight, factor, value) => {
    for (const isBefore of [false, true]) {
      const net = new Network();
      net.input('x', [1, 1, 1, 1]);
      net.constant('w', tensor([weight], [1, 1, 1, 1]));
      net.constant('c', tensor([factor], [1]));
      if (isBefore) net.binary('before', operation, 'x', 'c');
      net.node(isBefore ? 'y' : 'layer', 'conv', [isBefore ? 'before' : 'x', 'w']);
      if (!isBefore) net.binary('y', operation, 'layer', 'c');
      const x = tensor([value], [1, 1, 1, 1]);
      const graph = applied(['scales', 'input scales', 'folded constants'], net.graph('y'), { x }, 4);
      expect(operatorsOf(graph)).toContain(operation);
    }
  });

  it('folds a factor far from 1 that weights bear', () => {
    const net = layer('conv');
    net.constant('c', tensor([1e-20]));
    net.binary('y', 'mul', 'layer', 'c');
    expect(operatorsOf(applied(['scales', 'folded constants'], net.graph('y'), { x }, 256))).toEqual(['conv']);
  });

  it.each([
    ['leaves', 1e25, 1, 1e20],
    ['folds', 1e25, 1, 1],
    ['leaves', 1, 1e-38, 1e35],
    ['folds', 1e-42, 1, 1e-3],
  ])('%s a batch norm whose scale is %d and variance %d behind weights of %d', (what, scale, variance, weight) => {
    const net = new Network();
    net.input('x', [1, 1, 1, 1]);
    net.constant('w', tensor([weight], [1, 1, 1, 1]));
    net.constant('scale', tensor([scale]));
    net.constant('zero', tensor([0]));
    net.constant('variance', tensor([variance]));
    net.node('layer', 'conv', ['x', 'w']);
    net.node('y', 'batchNorm', ['layer', 'scale', 'zero', 'zero', 'variance'], { epsilon: 0 });
    const graph = applied(
      ['composites', 'constants', 'scales', 'folded constants'],
      net.graph('y'),
      { x: tensor([1 / weight], [1, 1, 1, 1]) },
      16,
    );
    expect(operatorsOf(graph)[1]).toBe(what === 'folds' ? undefined : 'mul');
  });

  it('folds a whole batch norm', () => {
    const net = layer('conv');
    for (const name of ['scale', 'shift', 'mean']) net.constant(name, [6]);
    net.constant('variance', tensor([1, 2, 3, 4, 5, 6]));
    net.node('y', 'batchNorm', ['layer', 'scale', 'shift', 'mean', 'variance']);
    const graph = applied(['composites', 'constants', 'scales', 'folded constants'], net.graph('y'), { x }, 64);
    expect(operatorsOf(graph)).toEqual(['conv']);
  });

  it.each([
    ['a factor for each pixel', [4, 1], []],
    ['a factor for each element', [2, 3, 4, 6], []],
    ['a factor that adds an axis', [1, 1, 1, 1, 6], []],
    ['a layer that others read', [6], ['layer']],
  ])('leaves %s alone', (_, shape, outputs) => {
    const net = layer('conv');
    net.constant('c', shape);
    net.binary('y', 'mul', 'layer', 'c');
    expect(operatorsOf(applied(['scales'], net.graph('y', ...outputs), { x }))).toEqual(['conv', 'mul']);
  });

  it('leaves a layer with an activation, with a residual, or with unknown filters alone', () => {
    const active = layer('conv');
    active.relu('relu', 'layer');
    active.constant('c', [6]);
    active.binary('y', 'mul', 'relu', 'c');
    const graph = applied(['activations'], active.graph('y'), { x });
    expect(operatorsOf(applied(['scales'], graph, { x }))).toEqual(['conv clip', 'mul']);

    const open = layer('matmul');
    open.constants.delete('w');
    open.input('w', [5, 6]);
    open.constant('c', [6]);
    open.binary('y', 'mul', 'layer', 'c');
    expect(operatorsOf(applied(['scales'], open.graph('y'), { x, w: open.floats([5, 6]) }))).toEqual(['matmul', 'mul']);
  });
});
