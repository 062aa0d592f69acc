// What operators of ONNX give where numbers are special: NaN, infinities, borders of types.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModelSync, ready, type Tensor, tensor } from '../../src/index.js';
import { type ModelSpec, type NodeSpec, onnxFile } from './onnx-file.js';

beforeAll(() => ready());

/** The output `y` of nodes that take float32 `x` and what else is given. */
function computed(nodes: NodeSpec[], inputs: Record<string, Tensor>, more: ModelSpec = {}): Tensor {
  const declared = Object.entries(inputs).map(([name, { shape }]) => ({ name, shape: [...shape] }));
  const file = onnxFile({ opset: 18, nodes, inputs: declared, outputs: ['y'], ...more });
  using model = loadModelSync(file);
  return model.runSync(inputs).y;
}

describe('PRelu scales what is below zero, and nothing else', () => {
  const x = [-2, -0, 0, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -1];
  it.each([
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['finite', -0.5],
  ])('%s', (_, slope) => {
    const expected = x.map((value) => (value < 0 ? value * slope : value + 0));
    const slopes = new Float32Array(x.length).fill(slope);
    const nodes = [{ op: 'PRelu', inputs: ['x', 'slope'], outputs: ['y'] }];
    const initializers = [{ name: 'slope', dims: [x.length], dataType: 1, floats: [...slopes] }];
    const given = { x: tensor(x) };
    const known = computed(nodes, given, { initializers });
    const asInput = computed(nodes, { ...given, slope: tensor(slopes) });
    for (const { data } of [known, asInput])
      expect(Array.from(data as Float32Array, (value) => value + 0)).toEqual(expected);
  });
});
