// Random networks: sound ONNX models of a few nodes, over all operators that the importer knows.

import { type ModelSpec, onnxFile } from '../../formats/onnx-file.js';
import { Dice } from '../dice.js';
import { Draft, type Drawn, elementTypes, initializer } from './draft.js';
import { elementwise } from './elementwise.js';
import { layout } from './layout.js';
import { places, quantized } from './places.js';
import { sums } from './sums.js';
import { windows } from './windows.js';

const opsets = [13, 13, 17, 18, 18, 20, 21];
const MOST_NODES = 12;

/** The network of a seed. */
export function drawNetwork(seed: number): Drawn {
  const dice = new Dice(seed);
  const net = new Draft(dice, dice.any(opsets));
  const families = [
    windows,
    windows,
    elementwise,
    elementwise,
    layout,
    layout,
    sums,
    places,
    dice.once(3) ? quantized : sums,
  ];
  for (let count = dice.from(1, 3); count > 0; count--) {
    const channels = dice.any([1, 2, 3, 4, 5, 8, 9, 12]);
    const extents = dice.list(dice.any([1, 2, 2, 2, 2, 2, 3]), (axis) => dice.from(1, axis === 2 ? 5 : 9));
    const shape = dice.once(4)
      ? dice.list(dice.from(0, 3), () => dice.from(1, 9))
      : [dice.from(1, extents.length === 3 ? 1 : 3), channels, ...extents];
    const dtype = dice.any(['float32', 'float32', 'float32', 'float32', 'float32', 'int64', 'int32', 'bool'] as const);
    net.values.push(net.input(net.random(count === 1 ? 'float32' : dtype, shape)));
  }
  const nodes = dice.from(1, MOST_NODES);
  for (let tries = 0; net.steps.length < nodes && tries < 60; tries++) dice.any(dice.any(families))(net);
  const read = new Set(net.steps.flatMap(({ inputs }) => inputs.map((value) => value?.name)));
  const written = net.steps.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const outputs = written.filter((name) => !read.has(name) || dice.once(6));
  return {
    opset: net.opset,
    inputs: net.inputs,
    constants: net.constants,
    steps: net.steps,
    outputs,
    feeds: net.feeds,
  };
}

/** A drawn network as an ONNX model. */
export function specOf(drawn: Drawn): ModelSpec {
  return {
    opset: drawn.opset,
    nodes: drawn.steps.map(({ node }) => node),
    inputs: drawn.inputs.map(({ name, dtype, shape }) => ({ name, type: elementTypes[dtype], shape: [...shape] })),
    initializers: drawn.constants.map(initializer),
    outputs: [...drawn.outputs],
  };
}

export const fileOf = (drawn: Drawn): Uint8Array => onnxFile(specOf(drawn));
