// Checks gradients by central differences: the kernels compute a function on both sides of a point, and the slope between
// them must be what the gradient says, for every element of every input.

import { expect } from 'vitest';
import { differentiate, simplify } from '../../src/graph/differentiate.js';
import type { TypedGraph } from '../../src/graph/graph.js';
import { applyPasses } from '../../src/graph/passes/index.js';
import { Session } from '../../src/model/session.js';
import type { Attributes } from '../../src/ops/operator.js';
import { makePlan } from '../../src/plan/planner.js';
import { WeightStore } from '../../src/plan/weights.js';
import { Core } from '../../src/runtime/core.js';
import { sizeOf } from '../../src/shape.js';
import { Tensor, type TensorType, tensor } from '../../src/tensor.js';
import { moduleOf, supportedBinaries } from '../kernels/harness.js';
import { foldingFor, runWatched, specialized } from '../ops/check.js';

export interface GradientCase {
  readonly op: string;
  readonly attributes?: Attributes;
  /** Undefined where an optional input is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** Inputs whose gradients are checked. Default: all of float32. */
  readonly wanted?: readonly number[];
  /** Outputs of the operator that the loss is made of. Default: the first. */
  readonly outputs?: readonly number[];
}

/** Half the distance of the two points: large enough for float32, small enough for curves. */
const STEP = 2 ** -6;
/** Of the largest gradient: what curvature and rounding may add. */
const TOLERANCE = 2e-3;

/** Numbers between -1 and 1, away from 0 and from each other, the same in every run. */
export function sample(shape: readonly number[], seed = 1): Tensor<'float32'> {
  const size = sizeOf(shape);
  // Multiples of one step in a scrambled order: no two are closer than the difference quotient reaches.
  const values = Float32Array.from({ length: size }, (_, i) => {
    const place = (i * (2 * seed + 1) * 7919 + seed * 31) % size;
    return ((place + 0.5) / size) * 2 - 1;
  });
  return tensor(values, shape);
}

/** Positive numbers, for functions that need them. */
export function positive(shape: readonly number[], seed = 1): Tensor<'float32'> {
  const { data } = sample(shape, seed);
  return tensor(
    data.map((value) => 1.25 + value),
    shape,
  );
}

/** Fails unless the gradients of the sum of weighted outputs are its slopes, with every binary. */
export function checkGradients(test: GradientCase): void {
  const { wanted, names, inputs, prepared, backward } = differentiated(test);
  for (const binary of supportedBinaries) {
    const [, ...gradients] = runWatched(backward, inputs, binary);
    const loss = evaluator(prepared, binary);
    for (const [place, index] of wanted.entries()) {
      expectSlopes(gradients[place], inputs, names[index], loss, `${test.op}, input ${index}, ${binary}`);
    }
  }
}

/** The weights of the outputs' elements, and the gradients of the weighted sum in the inputs that are wanted, with one binary. */
export function gradientsOf(test: GradientCase, binary: (typeof supportedBinaries)[number]) {
  const { inputs, backward } = differentiated(test);
  const [, ...gradients] = runWatched(backward, inputs, binary);
  return { weights: inputs.weight0 as Tensor<'float32'>, gradients: gradients as Tensor<'float32'>[] };
}

function differentiated(test: GradientCase) {
  const names = test.inputs.map((input, index) => (input ? `input${index}` : ''));
  const given = Object.fromEntries(test.inputs.flatMap((input, index) => (input ? [[names[index], input]] : [])));
  const wanted = (test.wanted ?? [...test.inputs.keys()]).filter((at) => test.inputs[at]?.dtype === 'float32');
  const { graph, inputs } = lossGraph(test, names, given);
  const folding = foldingFor(graph);
  const prepared = simplify(graph, folding);
  const backward = applyPasses(
    differentiate(
      prepared,
      prepared.outputs[0],
      wanted.map((index) => names[index]),
    ),
    folding,
  );
  return { wanted, names, inputs, prepared, backward };
}

function expectSlopes(
  gradient: Tensor,
  inputs: Readonly<Record<string, Tensor>>,
  name: string,
  loss: (inputs: Readonly<Record<string, Tensor>>) => number,
  title: string,
): void {
  const value = inputs[name];
  expect(gradient.shape).toEqual(value.shape);
  const slopes = Array.from(value.data as Float32Array, (_, i) => {
    const at = (difference: number) => {
      const data = (value.data as Float32Array).slice();
      data[i] += difference;
      return loss({ ...inputs, [name]: new Tensor('float32', value.shape, data) });
    };
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  });
  const largest = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 1e-3);
  slopes.forEach((slope, i) => {
    const computed = Number(gradient.data[i]);
    const off = Math.abs(computed - slope);
    expect(off, `${title}: element ${i} is ${computed}, but the slope is ${slope}`).toBeLessThanOrEqual(
      TOLERANCE * largest,
    );
  });
}

/** The sum of the operator's outputs, each element with a weight of its own. */
function lossGraph(test: GradientCase, names: readonly string[], given: Readonly<Record<string, Tensor>>) {
  const { op, attributes = {}, outputs = [0] } = test;
  const results = Array.from({ length: Math.max(...outputs) + 1 }, (_, at) => (outputs.includes(at) ? `y${at}` : ''));
  const node = { name: op, op, inputs: [...names], outputs: results, attributes };
  const declared = Object.entries(given).map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] }));
  const alone = {
    inputs: declared,
    outputs: results.filter((name) => name !== ''),
    nodes: [node],
    constants: new Map(),
  };
  const { types } = specialized(alone, given);
  const weights = outputs.map((at) => sample((types.get(`y${at}`) as TensorType).shape, at + 3));
  const inputs = { ...given, ...Object.fromEntries(outputs.map((at, i) => [`weight${at}`, weights[i]])) };
  const sum = (at: number) => [
    {
      name: `weighted${at}`,
      op: 'binary',
      inputs: [`y${at}`, `weight${at}`],
      outputs: [`weighted${at}`],
      attributes: { operation: 'mul' },
    },
    {
      name: `sum${at}`,
      op: 'reduce',
      inputs: [`weighted${at}`],
      outputs: [`sum${at}`],
      attributes: { reduction: 'sum', keepDims: false },
    },
  ];
  const add = outputs.slice(1).map((at, i) => ({
    name: `total${at}`,
    op: 'binary',
    outputs: [`total${at}`],
    attributes: { operation: 'add' },
    inputs: [i === 0 ? `sum${outputs[0]}` : `total${outputs[i]}`, `sum${at}`],
  }));
  const graph = specialized(
    {
      inputs: Object.entries(inputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] })),
      outputs: [add.at(-1)?.outputs[0] ?? `sum${outputs[0]}`],
      nodes: [node, ...outputs.flatMap(sum), ...add],
      constants: new Map(),
    },
    inputs,
  );
  return { graph, inputs };
}

/** The value of `graph`'s first output, compiled once. */
function evaluator(graph: TypedGraph, binary: (typeof supportedBinaries)[number]) {
  const weights = new WeightStore();
  const compiled = applyPasses(graph, foldingFor(graph));
  const plan = makePlan(compiled, weights);
  const session = new Session(new Core(moduleOf(binary), Number.POSITIVE_INFINITY), weights);
  session.activate(plan);
  return (inputs: Readonly<Record<string, Tensor>>): number => {
    plan.inputs.forEach((view, index) => {
      if (view) session.live(view).set(inputs[compiled.inputs[index].name].data as never);
    });
    session.run();
    return Number(session.read(plan.outputs[0]).data[0]);
  };
}
