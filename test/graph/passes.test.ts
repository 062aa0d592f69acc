import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/tensor.js';
import { allBut, applied, operatorsOf } from './applied.js';
import { Network, TO_FIRST, TO_LAST } from './network.js';

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
