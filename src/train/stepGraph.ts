// One training step as a graph: forward, loss, backward, clipping, updates. Variables (parameters, statistics, what the
// optimiser keeps) are inputs, and what replaces them are outputs.

import { theirs } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import { differentiate, simplify } from '../graph/differentiate.js';
import type { Folding, Graph, GraphInput, TypedGraph } from '../graph/graph.js';
import { composition } from '../graph/passes/composites.js';
import { applyPasses } from '../graph/passes/index.js';
import { specialize } from '../graph/specialize.js';
import { castNode, isOther } from '../graph/widening.js';
import type { DType, Tensor, TensorType } from '../tensor.js';
import type { Constraint } from './constraints.js';
import { updateEarly } from './earlyUpdates.js';
import { buildLoss, type Loss } from './loss.js';
import { blend, trainingMode } from './mode.js';
import type { Optimizer, Update } from './optimizers/optimizer.js';
import { namesIn, type Roles } from './parameters.js';
import type { Penalty } from './penalties.js';

export interface StepOptions {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Name of the output that the loss is of. */
  readonly output: string;
  readonly seed: number;
  /** Largest norm that all gradients together may have: larger ones are scaled down to it. */
  readonly clipNorm?: number;
  /** Largest size that an element of a gradient may have. */
  readonly clipValue?: number;
  /** Added to the loss for the size of weights, as `penalties.l2(1e-4)`; one after the other where there are several. */
  readonly penalty?: Penalty | readonly Penalty[];
  /** What weights are made to hold after every step, as `constraints.maxNorm(2)`; one after the other where there are several. */
  readonly constraint?: Constraint | readonly Constraint[];
}

/** Inputs of a step beside those of the network and the variables. */
export const TARGETS = 'step/targets';
export const SCALARS = 'step/scalars';
export const COUNTER = 'step/counter';

export interface StepGraph {
  readonly graph: TypedGraph;
  /** Type of the output that the loss is of. */
  readonly prediction: TensorType;
  /** Element type in which targets are taken. */
  readonly targets: DType;
  /** Places among the graph's outputs. */
  readonly places: {
    readonly prediction: number;
    readonly loss: number;
    readonly gradientNorm: number | undefined;
    /** Of what replaces each variable, by name. */
    readonly updates: ReadonlyMap<string, number>;
  };
}

/** `graph` with constants turned into inputs. */
export function withVariables(graph: Graph, variables: ReadonlyMap<string, Tensor>): Graph {
  const inputs = [...variables].map(([name, { dtype, shape }]): GraphInput => ({ name, dtype, shape: [...shape] }));
  const constants = new Map([...graph.constants].filter(([name]) => !variables.has(name)));
  return { ...graph, inputs: [...graph.inputs, ...inputs], constants };
}

/** Name of what the optimiser keeps for a parameter. */
export function stateName(parameter: string, state: string): string {
  return `${parameter}/${state}`;
}

/**
 * @param graph the network, its variables among the inputs
 * @param types of all its inputs
 * @param targets type of the targets that are given
 * @throws QuadlaneError `UNSUPPORTED`, `SHAPE`; what a caller's own loss, optimiser, penalty or constraint throws, in the
 * wrapping of `theirs`
 */
export function stepGraph(
  graph: Graph,
  { trained }: Roles,
  types: ReadonlyMap<string, TensorType>,
  targets: TensorType,
  folding: Folding,
  options: StepOptions,
): StepGraph {
  const { loss, optimizer } = options;
  const scalars: TensorType = { dtype: 'float32', shape: [theirs(() => optimizer.scalars(1, 1)).length] };
  const counter: TensorType = { dtype: 'int32', shape: [] };
  const state = [...trained].flatMap(([name, { shape }]) =>
    optimizer.state.map((kept) => [stateName(name, kept), { dtype: 'float32', shape }] as const),
  );
  const forward = forwardTo(options.output, graph, types, folding);
  const [output] = forward.outputs;
  const prediction = forward.types.get(output)!;
  const dtype = theirs(() => loss.targets(prediction, targets));
  const added = [[TARGETS, { ...targets, dtype }], [SCALARS, scalars], [COUNTER, counter], ...state] as const;
  const mode = trainingMode(withInputs(forward, added), trained, COUNTER, options.seed);

  const losing = continued(mode.graph);
  const build = composition(losing.builder, 'loss');
  const data = theirs(() => buildLoss(build, loss, output, TARGETS));
  losing.outputs.splice(1, 0, penalized(losing.builder, data, trained, options.penalty));
  const prepared = simplify(losing.builder.finish(), folding);
  // Those that the loss doesn't see stay as they are.
  const read = new Set(prepared.nodes.flatMap(({ inputs }) => inputs));
  const names = [...trained.keys()].filter((name) => read.has(name));
  const statistics = new Map(mode.graph.outputs.slice(1).map((name, index) => [name, prepared.outputs[2 + index]]));
  const backward = differentiate(prepared, prepared.outputs[1], names);

  const { builder, outputs } = continued(backward);
  const found = outputs.splice(prepared.outputs.length);
  outputs.splice(2);
  const clipped = clip(builder, found, options);
  const updates = new Map<string, number>();
  const replace = (variable: string, value: string): void => {
    updates.set(variable, outputs.push(value) - 1);
  };
  const gradientNorm = clipped.norm === undefined ? undefined : outputs.push(clipped.norm) - 1;
  const held = constraintsOf(trained, options.constraint);
  names.forEach((parameter, index) => {
    const kept = optimizer.state.map((one) => stateName(parameter, one));
    const update: Update = {
      build: composition(builder, `${parameter}/update`),
      applyAll(op, inputs, attributes, count) {
        const made = Array.from({ length: count }, (_, at) => builder.fresh(`${parameter}/updated ${at}`));
        builder.push({ name: `${parameter}/update`, op, inputs, outputs: made, attributes });
        return made;
      },
      parameter,
      gradient: clipped.gradients[index],
      state: kept,
      scalars: SCALARS,
    };
    const [moved, ...states] = theirs(() => optimizer.update(update));
    const constrained = held(parameter).reduce((value, constraint) => {
      return theirs(() => constraint.apply(composition(builder, `${parameter}/constraint`), value));
    }, moved);
    const replaced = [constrained, ...states];
    for (const [at, variable] of [parameter, ...kept].entries()) replace(variable, replaced[at]);
  });
  for (const [statistic, running] of mode.updates) {
    replace(statistic, blend(builder, statistic, { ...running, batch: statistics.get(running.batch)! }));
  }
  const finished = applyPasses(builder.finish(), folding);
  const replaced = new Map([...updates].map(([variable, at]) => [finished.outputs[at], variable]));
  const ordered = updateEarly(finished, replaced, finished.outputs.slice(0, gradientNorm === undefined ? 2 : 3));
  return { graph: ordered, prediction, targets: dtype, places: { prediction: 0, loss: 1, gradientNorm, updates } };
}

/**
 * The network in inference mode and its loss: outputs `prediction` and the loss, without penalties.
 * @throws QuadlaneError `SHAPE`; what a caller's own loss throws, in the wrapping of `theirs`
 */
export function testGraph(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  targets: TensorType,
  folding: Folding,
  { loss, output: wanted }: Pick<StepOptions, 'loss' | 'output'>,
): { readonly graph: TypedGraph; readonly prediction: TensorType; readonly targets: DType } {
  const forward = forwardTo(wanted, graph, types, folding);
  const [output] = forward.outputs;
  const prediction = forward.types.get(output)!;
  const dtype = theirs(() => loss.targets(prediction, targets));
  const { builder, outputs } = continued(withInputs(forward, [[TARGETS, { ...targets, dtype }]]));
  outputs.push(theirs(() => buildLoss(composition(builder, 'loss'), loss, output, TARGETS)));
  return { graph: applyPasses(builder.finish(), folding), prediction, targets: dtype };
}

/** `graph` with one output; float16 and float64 are cast to float32, which losses compute in. */
function forwardTo(output: string, graph: Graph, types: ReadonlyMap<string, TensorType>, folding: Folding): TypedGraph {
  const forward = specialize({ ...graph, outputs: [output] }, types, new Map(), folding);
  if (!isOther(forward.types.get(output)?.dtype)) return forward;
  const cast = castNode(output, `${output}/prediction`, 'float32');
  return specialize({ ...graph, outputs: cast.outputs, nodes: [...graph.nodes, cast] }, types, new Map(), folding);
}

/** A builder that begins with all of `graph`; what is pushed to `outputs` becomes an output of the result. */
function continued(graph: TypedGraph): { builder: GraphBuilder; outputs: string[] } {
  const outputs = [...graph.outputs];
  const builder = new GraphBuilder({ ...graph, outputs });
  for (const node of graph.nodes) builder.push(node);
  return { builder, outputs };
}

function withInputs(graph: TypedGraph, added: Iterable<readonly [string, TensorType]>): TypedGraph {
  const more = [...added];
  const inputs = more.map(([name, { dtype, shape }]): GraphInput => ({ name, dtype, shape: [...shape] }));
  return { ...graph, inputs: [...graph.inputs, ...inputs], types: new Map([...graph.types, ...more]) };
}

/** `loss` and the penalties on the weights: the trained parameters of two axes and more. */
function penalized(
  builder: GraphBuilder,
  loss: string,
  trained: ReadonlyMap<string, Tensor>,
  penalty: Penalty | readonly Penalty[] = [],
): string {
  const build = composition(builder, 'penalty');
  const weights = [...trained].filter(([, { shape }]) => shape.length > 1).map(([name]) => name);
  let sum = loss;
  for (const { terms } of [penalty].flat()) {
    for (const weight of weights)
      sum = build.binary(
        'add',
        sum,
        theirs(() => terms(build, weight)),
      );
  }
  return sum;
}

/** Those of `constraint` that are for a parameter. */
function constraintsOf(
  trained: ReadonlyMap<string, Tensor>,
  constraint: Constraint | readonly Constraint[] = [],
): (parameter: string) => readonly Constraint[] {
  const isWeight = (name: string) => trained.get(name)!.shape.length > 1;
  const all = [constraint]
    .flat()
    .map((one) => [one, one.of ? namesIn('of', one.of, [...trained.keys()]) : isWeight] as const);
  return (parameter) => all.filter(([, covers]) => theirs(() => covers(parameter))).map(([one]) => one);
}

/** Below any norm that matters; keeps the division from 0 / 0, as in torch.nn.utils.clip_grad_norm_. */
const LEAST_NORM = 1e-6;

/** The gradients cut to size, and their norm where it was asked for. */
function clip(builder: GraphBuilder, gradients: readonly string[], { clipNorm, clipValue }: StepOptions) {
  const { apply, binary, unary, scalar } = composition(builder, 'clip');
  const cut =
    clipValue === undefined
      ? gradients
      : gradients.map((gradient) =>
          apply('activation', [gradient], { activation: 'clip', alpha: -clipValue, beta: clipValue }),
        );
  if (clipNorm === undefined) return { gradients: cut };
  const squares = cut.map((gradient) => apply('reduce', [gradient], { reduction: 'sumSquare', keepDims: false }));
  const norm = unary(
    'sqrt',
    squares.reduce((sum, square) => binary('add', sum, square)),
  );
  const ratio = binary('div', scalar(clipNorm), binary('add', norm, scalar(LEAST_NORM)));
  const factor = binary('min', ratio, scalar(1));
  return { gradients: cut.map((gradient) => binary('mul', gradient, factor)), norm };
}
