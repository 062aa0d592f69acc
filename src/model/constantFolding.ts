// Single nodes on known tensors, computed by the kernels: constant folding.

import type { TypedGraph } from '../graph/graph.js';
import { expandComposites } from '../graph/passes/composites.js';
import type { Compute } from '../graph/specialize.js';
import { makePlan } from '../plan/planner.js';
import { WeightStore } from '../plan/weights.js';
import type { Core } from '../runtime/core.js';
import type { Tensor } from '../tensor.js';
import { Session } from './session.js';

/** Computes nodes in the memory of `core`, which holds nothing else. */
export function computeWith(core: Core): Compute {
  return ({ dialect }, node, inputs, outputs) => {
    const graph: TypedGraph = {
      dialect,
      inputs: [],
      outputs: node.outputs.filter((name) => name !== ''),
      nodes: [node],
      constants: new Map(inputs.flatMap((tensor, index) => (tensor ? [[node.inputs[index], tensor] as const] : []))),
      types: new Map(node.outputs.map((name, index) => [name, outputs[index]])),
    };
    const weights = new WeightStore();
    const plan = makePlan(
      expandComposites({ ...graph, types: new Map([...graph.types, ...graph.constants]) }),
      weights,
    );
    const session = new Session(core, weights);
    session.activate(plan);
    session.run();
    const results = plan.outputs.map((output) => session.read(output));
    return node.outputs.map((name) => (name === '' ? undefined : results.shift()) as Tensor);
  };
}
