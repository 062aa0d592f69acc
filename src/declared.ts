// The outputs of a network as it declares them, before any run.

import { QuadlaneError } from './errors.js';
import type { TypedGraph } from './graph/draft.js';
import type { Dimension, Graph } from './graph/graph.js';
import { type Folding, specialize } from './graph/specialize.js';
import type { Plan } from './plan/plan.js';
import type { DType } from './tensor.js';

/** An input or output as the model declares it: sizes that each run decides stand there by name. */
export interface ValueInfo {
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
}

/**
 * Tells which output sizes follow an open input size by trying two values for each.
 * @param plan the one for the declared shapes, where there is one
 */
export function declareOutputs(graph: Graph, plan: Plan | undefined, folding: Folding): Record<string, ValueInfo> {
  const symbols = [
    ...new Set(graph.inputs.flatMap(({ shape }) => shape.filter((extent) => typeof extent === 'string'))),
  ];
  const tries = [1, 2].map((shift) =>
    typedFor(graph, new Map(symbols.map((name, index) => [name, 61 * shift + 2 * index])), folding),
  );
  return Object.fromEntries(
    graph.outputs.map((name, index) => {
      const [first, second] = tries.map((typed) => typed?.types.get(typed.outputs[index]));
      const planned = plan?.outputs[index];
      const type = first ?? planned;
      const counted = tries.some((typed) => typed?.counts?.has(typed.outputs[index])) || (planned && 'rows' in planned);
      const shape = (type?.shape ?? []).map((extent, axis): Dimension => {
        if (counted && axis === 0) return `${name}_dim_0`;
        if (!first || !second || second.shape[axis] === extent)
          return first || symbols.length === 0 ? extent : `${name}_dim_${axis}`;
        return (
          symbols.find((_, s) => extent === 61 + 2 * s && second.shape[axis] === 122 + 2 * s) ?? `${name}_dim_${axis}`
        );
      });
      return [name, { dtype: type?.dtype ?? 'float32', shape }];
    }),
  );
}

/** The graph for these open sizes, where it can take them. */
function typedFor(graph: Graph, sizes: ReadonlyMap<string, number>, folding: Folding): TypedGraph | undefined {
  const types = graph.inputs.map(({ name, dtype, shape }) => {
    const concrete = shape.map((extent) => (typeof extent === 'string' ? sizes.get(extent)! : extent));
    return [name, { dtype, shape: concrete }] as const;
  });
  try {
    return specialize(graph, new Map(types), new Map(), folding);
  } catch (error) {
    if (error instanceof QuadlaneError) return undefined;
    throw error;
  }
}
