// Graphs of golden cases, in PyTorch's layout at the edges, and their gradients, computed by one binary.

import { GraphBuilder } from '../../../src/graph/builder.js';
import { differentiate, simplify } from '../../../src/graph/differentiate.js';
import type { TypedGraph } from '../../../src/graph/graph.js';
import { composition } from '../../../src/graph/passes/composites.js';
import { applyPasses } from '../../../src/graph/passes/index.js';
import { ConstantFolder } from '../../../src/graph/specialize.js';
import { computeWith } from '../../../src/model/constantFolding.js';
import { Session } from '../../../src/model/session.js';
import type { Composition } from '../../../src/ops/operator.js';
import { makePlan } from '../../../src/plan/planner.js';
import { WeightStore } from '../../../src/plan/weights.js';
import { Core } from '../../../src/runtime/core.js';
import type { Tensor, TensorType } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';

/** What cases are built with: operators, and changes of layout. */
export interface Builder extends Composition {
  readonly graphBuilder: GraphBuilder;
  /** [N, C, ...spatial] to [N, ...spatial, C]. */
  last(value: string): string;
  /** [N, ...spatial, C] to [N, C, ...spatial]. */
  first(value: string): string;
  relu(value: string): string;
  reshape(value: string, shape: readonly number[]): string;
}

/** Values of a case by name. */
export type Built = Readonly<Record<string, string>>;

function builderOn(graphBuilder: GraphBuilder): Builder {
  const build = composition(graphBuilder, 'case');
  const { apply, type } = build;
  return {
    ...build,
    graphBuilder,
    last(value) {
      const axes = [...type(value).shape.keys()];
      return apply('transpose', [value], { permutation: [0, ...axes.slice(2), 1] });
    },
    first(value) {
      const axes = [...type(value).shape.keys()];
      return apply('transpose', [value], { permutation: [0, axes.length - 1, ...axes.slice(1, -1)] });
    },
    relu: (value) => apply('activation', [value], { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY }),
    reshape: (value, shape) => apply('reshape', [value], { shape }),
  };
}

/** A graph of the inputs, whose outputs are what `build` names, under those names. */
export function graphOf(inputs: ReadonlyMap<string, TensorType>, build: (builder: Builder) => Built) {
  const outputs: string[] = [];
  const source: TypedGraph = {
    dialect: everything,
    inputs: [...inputs].map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] })),
    outputs,
    nodes: [],
    constants: new Map(),
    types: inputs,
  };
  const graphBuilder = new GraphBuilder(source);
  const built = build(builderOn(graphBuilder));
  outputs.push(...Object.values(built));
  return { graph: graphBuilder.finish(), names: Object.keys(built) };
}

/**
 * Results of a case by name: what `build` computes, and `d<input>` for each of `wanted`: gradients of the sum of
 * `y` times the input `gy`, or of `y` itself without one.
 */
export function differentiated(
  module: WebAssembly.Module,
  inputs: ReadonlyMap<string, Tensor>,
  wanted: readonly string[],
  build: (builder: Builder) => Built,
): Map<string, Tensor> {
  const { graph, names } = graphOf(inputs, (builder) => {
    const built = build(builder);
    const weighted = inputs.has('gy') ? builder.binary('mul', built.y, 'gy') : built.y;
    return { ...built, loss: builder.apply('reduce', [weighted], { reduction: 'sum', keepDims: false }) };
  });
  const compute = computeWith(new Core(module, Number.POSITIVE_INFINITY));
  const folding = new ConstantFolder({ ...graph, constants: new Map() }, compute);
  const prepared = simplify(graph, folding);
  const loss = prepared.outputs[names.indexOf('loss')];
  const finished = applyPasses(differentiate(prepared, loss, wanted), folding);
  return new Map(
    run(module, finished, inputs).map((result, index) => [names[index] ?? `d${wanted[index - names.length]}`, result]),
  );
}

/** The outputs of a graph. */
export function run(module: WebAssembly.Module, graph: TypedGraph, inputs: ReadonlyMap<string, Tensor>): Tensor[] {
  const weights = new WeightStore();
  const plan = makePlan(graph, weights);
  const session = new Session(new Core(module, Number.POSITIVE_INFINITY), weights);
  session.activate(plan);
  plan.inputs.forEach((view, index) => {
    if (view) session.live(view).set(inputs.get(graph.inputs[index].name)!.data as never);
  });
  session.run();
  return plan.outputs.map((output) => session.read(output));
}
