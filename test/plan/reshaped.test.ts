// What a reshape gives may lie within the zeros that its reader wants around it, and its input with it; but only where the
// writer of the input can walk that place: channels next to each other.

import { describe, expect, it } from 'vitest';
import { loadModel, tensor } from '../../src/index.js';
import { type ModelSpec, type NodeSpec, onnxFile, type TensorSpec } from '../formats/onnx-file.js';
import { int64 } from '../formats/onnx-reading.js';
import { convolution } from '../reference/convolution/conv.js';
import { globalAveragePool, globalMaxPool } from '../reference/pooling/globalPool.js';

const values = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * i)));
const floats = (name: string, ...dims: number[]): TensorSpec => ({
  name,
  dims,
  dataType: 1,
  floats: [...values(dims.reduce((a, b) => a * b, 1))],
});

const CHANNELS = 17;
const image = tensor(values(CHANNELS * 56), [1, CHANNELS, 7, 8]);

async function outputs(spec: ModelSpec) {
  using model = await loadModel(onnxFile({ inputs: [{ name: 'x', shape: [...image.shape] }], ...spec }));
  return model.run({ x: image });
}

describe.each([
  ['GlobalMaxPool', globalMaxPool],
  ['GlobalAveragePool', globalAveragePool],
] as const)('%s -> Transpose -> Conv', (op, pool) => {
  it.each<[pads: number[], perm: number[]]>([
    [
      [0, 2, 0, 0],
      [0, 3, 1, 2],
    ],
    [
      [0, 0, 0, 2],
      [0, 3, 1, 2],
    ],
    [
      [0, 1, 0, 1],
      [0, 2, 1, 3],
    ],
  ])('with pads %j and perm %j is as the definition reads', async (pads, perm) => {
    const nodes: NodeSpec[] = [
      { op, inputs: ['x'], outputs: ['pooled'] },
      { op: 'Transpose', inputs: ['pooled'], outputs: ['moved'], attributes: { perm } },
      { op: 'Conv', inputs: ['moved', 'w'], outputs: ['y'], attributes: { pads } },
    ];
    const { y } = await outputs({ nodes, initializers: [floats('w', 1, 1, 1, 3)], outputs: ['y'] });
    const cells = Float32Array.from(image.data as Float32Array, (_, i) => {
      const [cell, channel] = [Math.floor(i / CHANNELS), i % CHANNELS];
      return Number(image.data[channel * 56 + cell]);
    });
    const pooled = pool(cells, 1, 56, CHANNELS);
    const expected = convolution(pooled, [1, 1, CHANNELS, 1, 1], values(3), [1, 1, 1, 1, 3], null, {
      paddingBefore: [0, 0, pads[1]],
      paddingAfter: [0, 0, pads[3]],
    });
    expect(y.shape).toEqual([1, 1, 17, 1]);
    expect(y.size).toBe(expected.length);
    for (let i = 0; i < expected.length; i++) expect(Math.abs(Number(y.data[i]) - expected[i])).toBeLessThan(1e-5);
  });
});

describe('a value lies elsewhere, or in the zeros of its reader, with the same bits', () => {
  const producers: [name: string, node: NodeSpec[], initializers?: TensorSpec[]][] = [
    ['MaxPool', [{ op: 'MaxPool', inputs: ['x'], outputs: ['a'], attributes: { kernel_shape: [7, 8] } }]],
    ['AveragePool', [{ op: 'AveragePool', inputs: ['x'], outputs: ['a'], attributes: { kernel_shape: [7, 8] } }]],
    ['Conv', [{ op: 'Conv', inputs: ['x', 'k'], outputs: ['a'] }], [floats('k', 17, 17, 7, 8)]],
    [
      'depthwise Conv',
      [{ op: 'Conv', inputs: ['x', 'k'], outputs: ['a'], attributes: { group: 17 } }],
      [floats('k', 17, 1, 7, 8)],
    ],
    ['ReduceSum', [{ op: 'ReduceSum', inputs: ['x', 'axes'], outputs: ['a'] }], [int64('axes', 2n, 3n)]],
    [
      'Softmax',
      [
        { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['p'] },
        { op: 'Softmax', inputs: ['p'], outputs: ['a'], attributes: { axis: 1 } },
      ],
    ],
    [
      'MatMul',
      [
        { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['p'] },
        { op: 'Flatten', inputs: ['p'], outputs: ['f'] },
        { op: 'MatMul', inputs: ['f', 'm'], outputs: ['a'] },
      ],
      [floats('m', 17, 17)],
    ],
    [
      'Add',
      [
        { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['p'] },
        { op: 'GlobalMaxPool', inputs: ['x'], outputs: ['q'] },
        { op: 'Add', inputs: ['p', 'q'], outputs: ['a'] },
      ],
    ],
  ];
  const shapes = [
    [1, 1, 17, 1],
    [1, 1, 1, 17],
    [17, 1, 1, 1],
  ];
  const pads = [
    [0, 2, 0, 0],
    [1, 0, 1, 0],
    [1, 1, 1, 1],
  ];
  it.each(producers)('%s', async (_, nodes, initializers = []) => {
    for (const shape of shapes) {
      for (const padding of pads) {
        const spec = (...names: string[]): ModelSpec => ({
          nodes: [
            ...nodes,
            { op: 'Reshape', inputs: ['a', 'shape'], outputs: ['b'] },
            { op: 'Conv', inputs: ['b', 'w'], outputs: ['y'], attributes: { pads: padding } },
          ],
          initializers: [...initializers, int64('shape', ...shape.map(BigInt)), floats('w', 2, 1, 1, 1)],
          outputs: names,
        });
        const alone = await outputs(spec('y'));
        const withOthers = await outputs(spec('y', 'a', 'b'));
        expect([...alone.y.data], `${shape} ${padding}`).toEqual([...withOthers.y.data]);
      }
    }
  });
});
