// Nodes that change nothing, and those whose results are known beforehand.
import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/tensor.js';
import { applied, operatorsOf } from './applied.js';
import { Network } from './network.js';

describe('identities', () => {
  it('removes what changes nothing', () => {
    const net = new Network();
    net.input('x', [2, 3]);
    net.node('same', 'identity', ['x']);
    net.node('shaped', 'reshape', ['same'], { shape: [2, -1] });
    net.node('cast', 'cast', ['shaped'], { to: 'float32' });
    net.node('pad', 'pad', ['cast'], { mode: 'constant', padding: [0, 0, 0, 0] });
    net.node('slice', 'slice', ['pad'], { starts: [0], ends: [2] });
    net.transpose('transpose', 'slice', [0, 1]);
    net.node('concat', 'concat', ['transpose'], { axis: 0 });
    net.node('none', 'activation', ['concat'], { activation: 'none' });
    net.node('y', 'unary', ['none'], { operation: 'neg' });
    const graph = applied(['identities'], net.graph('y'), { x: net.floats([2, 3]) });
    expect(operatorsOf(graph)).toEqual(['neg']);
  });

  it('keeps what only looks the same by its shape', () => {
    const net = new Network();
    net.input('x', [3, 3]);
    net.transpose('turned', 'x', [1, 0]);
    net.node('backwards', 'slice', ['turned'], { starts: [2], ends: [-4], axes: [0], steps: [-1] });
    net.node('moved', 'pad', ['backwards'], { mode: 'constant', padding: [1, 0, -1, 0] });
    net.constant('empty', [0, 3]);
    net.node('joined', 'concat', ['empty', 'moved'], { axis: 0 });
    const graph = applied(['identities'], net.graph('joined'), { x: net.floats([3, 3]) });
    expect(operatorsOf(graph)).toEqual(['transpose', 'slice', 'pad', 'concat']);
  });

  it('lets an output be an input', () => {
    const net = new Network();
    net.input('x', [4]);
    net.node('y', 'identity', ['x']);
    const graph = applied(['identities'], net.graph('y', 'x'), { x: net.floats([4]) });
    expect(graph.outputs).toEqual(['x', 'x']);
  });
});

describe('constants', () => {
  it('computes what depends on constants alone', () => {
    const net = new Network();
    net.input('x', [3]);
    net.constant('a', [3]);
    net.node('neg', 'unary', ['a'], { operation: 'neg' });
    net.binary('sum', 'add', 'neg', 'a');
    net.binary('y', 'mul', 'x', 'sum');
    const graph = applied(['constants'], net.graph('y'), { x: net.floats([3]) });
    expect(operatorsOf(graph)).toEqual(['mul']);
    expect([...graph.constants.keys()]).toEqual(['sum']);
  });

  it('may leave no node at all', () => {
    const net = new Network();
    net.input('x', [2, 3]);
    net.constant('a', tensor([1, 2]));
    net.node('y', 'unary', ['a'], { operation: 'neg' });
    const graph = applied(['constants'], net.graph('y'), { x: net.floats([2, 3]) });
    expect(graph.nodes).toEqual([]);
    expect(graph.constants.get('y')?.data).toEqual(Float32Array.of(-1, -2));
  });
});
