import { describe, expect, it } from 'vitest';
import type { Node } from '../../../src/graph/graph.js';
import { compileGraph } from '../../../src/model/load.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { type Written, written } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import { type Box, chosen } from '../../reference/vision/nonMaxSuppression.js';
import { checkGraph } from '../check.js';

interface Scene {
  readonly batches: number;
  readonly classes: number;
  readonly count: number;
  readonly most: number;
  readonly threshold?: number;
  readonly least?: number;
  readonly centred?: boolean;
}

const int64 = (value: number) => tensor(BigInt64Array.of(BigInt(value)));

/** Inputs of the operator, of which some boxes coincide and some scores are equal, and the rows that stay. */
function scene({ batches, classes, count, most, threshold, least, centred = false }: Scene) {
  const random = randomFloats(count * 7 + classes);
  const boxes = random(batches * count * 4).map((value) => Math.round(value * 8));
  const scores = random(batches * classes * count).map((value) => Math.round(value * 10) / 10);
  if (count > 2) scores[1] = Number.NaN;
  const inputs: Record<string, Tensor> = {
    boxes: tensor(boxes, [batches, count, 4]),
    scores: tensor(scores, [batches, classes, count]),
    ...(threshold !== undefined && { threshold: tensor(Float32Array.of(threshold)) }),
    ...(least !== undefined && { least: tensor(Float32Array.of(least)) }),
    most: int64(most),
  };
  const rows: bigint[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const own = Array.from({ length: count }, (_, i): Box => {
      const [a, b, c, d] = boxes.subarray((batch * count + i) * 4);
      return [a, b, c, d];
    });
    for (let kind = 0; kind < classes; kind++) {
      const start = (batch * classes + kind) * count;
      const line = Array.from(scores.subarray(start, start + count));
      const kept = chosen(
        own,
        line,
        most,
        Math.fround(threshold ?? 0),
        least === undefined ? least : Math.fround(least),
        centred,
      );
      rows.push(...kept.flatMap((box) => [batch, kind, box].map(BigInt)));
    }
  }
  return { inputs, rows };
}

const names = ['boxes', 'scores', 'threshold', 'least', 'most'];
const suppression = (inputs: Readonly<Record<string, Tensor>>, centred = false): Node => ({
  name: 'nms',
  op: 'nonMaxSuppression',
  outputs: ['chosen'],
  attributes: { centred },
  inputs: names.map((name) => (name in inputs ? name : '')),
});

function graphOf(
  inputs: Readonly<Record<string, Tensor>>,
  nodes: readonly Node[],
  constants: readonly string[] = [],
): Written {
  const given = Object.entries(inputs).filter(([name]) => !constants.includes(name));
  return {
    inputs: given.map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] })),
    outputs: [nodes.at(-1)!.outputs[0]],
    nodes,
    constants: new Map(Object.entries(inputs).filter(([name]) => constants.includes(name))),
  };
}

const exact = (rows: readonly bigint[], width = 3) => ({
  shape: [rows.length / width, width],
  values: rows,
  roundings: 0,
});

describe('nonMaxSuppression', () => {
  it.each<Scene>([
    { batches: 1, classes: 1, count: 6, most: 3, threshold: 0.5, least: 0 },
    { batches: 2, classes: 3, count: 20, most: 5, threshold: 0.3, least: 0.2 },
    { batches: 1, classes: 2, count: 33, most: 100, threshold: 0.6 },
    { batches: 1, classes: 1, count: 9, most: 9 },
    { batches: 1, classes: 2, count: 25, most: 7, threshold: 0.2, least: -1, centred: true },
    { batches: 1, classes: 1, count: 5, most: 0, threshold: 0.5 },
    { batches: 1, classes: 1, count: 5, most: 5, least: 2 },
    { batches: 1, classes: 2, count: 0, most: 5 },
  ])('%j', (test) => {
    const { inputs, rows } = scene(test);
    checkGraph(graphOf(inputs, [suppression(inputs, test.centred)]), inputs, [exact(rows)]);
    const all = graphOf(inputs, [suppression(inputs, test.centred)], names);
    checkGraph(all, inputs, [exact(rows)]);
  });

  const { inputs, rows } = scene({ batches: 1, classes: 2, count: 20, most: 10, threshold: 0.4, least: 0.1 });
  const node = (op: string, from: readonly string[], attributes: Node['attributes']): Node => ({
    name: op,
    op,
    inputs: from,
    outputs: [op],
    attributes,
  });

  it('goes through operators that work row by row', () => {
    const flat = tensor(inputs.boxes.data as Float32Array, [20, 4]);
    const given = { ...inputs, flat };
    const nodes = [
      suppression(given),
      node('slice', ['chosen'], { starts: [2], ends: [3], axes: [1] }),
      node('squeeze', ['slice'], { axes: [1] }),
      node('gather', ['flat', 'squeeze'], { axis: 0 }),
      node('binary', ['gather', 'gather'], { operation: 'add' }),
    ];
    const taken = rows.filter((_, i) => i % 3 === 2).map(Number);
    const values = taken.flatMap((box) => Array.from(flat.data.subarray(box * 4, box * 4 + 4), (value) => value * 2));
    checkGraph(graphOf(given, nodes), given, [{ shape: [taken.length, 4], values, roundings: 0 }]);
  });

  it.each([
    node('reduce', ['chosen'], { reduction: 'max' }),
    node('shape', ['chosen'], {}),
    node('topK', ['chosen'], { k: 1, axis: 0 }),
    node('slice', ['chosen'], { starts: [0], ends: [1], axes: [0] }),
    node('reshape', ['chosen'], { shape: [-1] }),
    node('concat', ['chosen', 'chosen'], { axis: 0 }),
  ])('is refused by what reads all rows: $op', (reader) => {
    expect(() => checkGraph(graphOf(inputs, [suppression(inputs), reader]), inputs, [])).toThrow(
      /reads "chosen", of which only a run tells how many rows there are/,
    );
  });

  it('gives a model an output whose rows each run decides', () => {
    const model = compileGraph(written(graphOf(inputs, [suppression(inputs)], ['most'])));
    expect(model.outputs.chosen.shape).toEqual(['chosen_dim_0', 3]);
    const { most: _, ...given } = inputs;
    expect(model.runSync(given).chosen).toMatchObject({ shape: [rows.length / 3, 3] });
    const none = { ...given, least: tensor(Float32Array.of(2)) };
    expect(model.runSync(none, { copy: false }).chosen).toMatchObject({ shape: [0, 3] });
    expect(Array.from<number | bigint>(model.runSync(given, { copy: false }).chosen.data)).toEqual(rows);
  });

  it.each([
    ['threshold', 'the overlap threshold is one float32, not float32 [0]'],
    ['least', 'the score threshold is one float32, not float32 [0]'],
  ])('refuses a %s of no elements', (name, message) => {
    const wrong = { ...inputs, [name]: tensor(new Float32Array(0)) };
    expect(() => checkGraph(graphOf(wrong, [suppression(wrong)]), wrong, [])).toThrow(message);
  });

  it('refuses boxes and scores that do not go together', () => {
    const wrong = { ...inputs, scores: tensor(new Float32Array(38), [1, 2, 19]) };
    expect(() => checkGraph(graphOf(wrong, [suppression(wrong)]), wrong, [])).toThrow(
      /takes boxes \[batches, boxes, 4\]/,
    );
  });
});
