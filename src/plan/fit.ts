// The fastest plan that a limit on memory allows.

import { operatorOf } from '../graph/dialect.js';
import type { TypedGraph } from '../graph/graph.js';
import type { Work } from '../work.js';
import type { Plan } from './plan.js';
import { makePlan, type PlanOptions } from './planner.js';
import type { WeightStore } from './weights.js';

/**
 * Plans `graph` as `makePlan` does, one try after the other. While that needs too much memory, the larger forms of weights that save the fewest
 * multiply-adds a byte give way to small ones.
 * @param most bytes that the model may take
 * @param bytesFor bytes that it takes with a plan and the weights so far
 * @returns the smallest plan where none fits
 */
export function* fitting(
  graph: TypedGraph,
  weights: WeightStore,
  options: PlanOptions,
  most: number,
  bytesFor: (plan: Plan) => number,
): Work<Plan> {
  const before = weights.all.length;
  const compact = new Set<string>();
  let larger: { output: string; bytes: number; saved: number }[] | undefined;
  for (;;) {
    const plan = makePlan(graph, weights, { ...options, compact });
    let excess = bytesFor(plan) - most;
    if (!(excess > 0) || options.winograd === false) return plan;
    larger ??= largerForms(graph).sort((a, b) => b.saved / b.bytes - a.saved / a.bytes);
    if (larger.length === 0) return plan;
    weights.forget(before);
    while (excess > 0 && larger.length > 0) {
      const { output, bytes } = larger.pop()!;
      compact.add(output);
      excess -= bytes;
    }
    yield;
  }
}

function largerForms(graph: TypedGraph) {
  return graph.nodes.flatMap((node) => {
    const types = node.inputs.map((name) => graph.types.get(name));
    const form = graph.constants.has(node.inputs[1]) && operatorOf(graph, node).largerForm?.(types, node.attributes);
    return form ? [{ ...form, output: node.outputs[0] }] : [];
  });
}
