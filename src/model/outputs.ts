// The outputs of a network as it declares them, before any run.

import { QuadlaneError } from '../errors.js';
import type { Dimension, Folding, Graph, TypedGraph } from '../graph/graph.js';
import { specialize } from '../graph/specialize.js';
import type { Plan } from '../plan/plan.js';
import type { DType } from '../tensor.js';

/** An input or output as the model declares it: sizes that each run decides stand there by name. */
export interface ValueInfo {
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
}

/**
 * What open sizes are tried as: twice a start, plus two and three for each further one, so that none is a sum or a multiple of
 * another both times; times a unit, since networks that halve maps and double them again take multiples of powers of two.
 */
const trials = [
  { unit: 1, start: 61 },
  { unit: 32, start: 1 },
  { unit: 128, start: 1 },
];

/**
 * Tells which output sizes follow an open input size by trying two values for each.
 * @param plan the one for the declared shapes or the last run, where there is one
 */
export function declareOutputs<Output extends string>(
  graph: Graph<Output>,
  plan: Plan | undefined,
  folding: Folding,
): Record<Output, ValueInfo> {
  const symbols = [
    ...new Set(graph.inputs.flatMap(({ shape }) => shape.filter((extent) => typeof extent === 'string'))),
  ];
  let sizes: number[][] = [];
  let tries: (TypedGraph | undefined)[] = [];
  for (const { unit, start } of symbols.length > 0 ? trials : trials.slice(0, 1)) {
    sizes = [1, 2].map((attempt) => symbols.map((_, index) => unit * (attempt * start + (attempt + 1) * index)));
    tries = sizes.map((own) => typedFor(graph, new Map(symbols.map((name, index) => [name, own[index]])), folding));
    if (tries.every((typed) => typed)) break;
  }
  const entries = graph.outputs.map((name, index) => {
    const [first, second] = tries.map((typed) => typed?.types.get(typed.outputs[index]));
    const planned = plan?.outputs[index];
    const type = first ?? second ?? planned;
    const counted = tries.some((typed) => typed?.counts?.has(typed.outputs[index])) || (planned && 'rows' in planned);
    const shape = (type?.shape ?? []).map((extent, axis): Dimension => {
      const open = `${name}_dim_${axis}`;
      if (counted && axis === 0) return open;
      if (!first || !second) return symbols.length === 0 ? extent : open;
      if (second.shape[axis] === extent) return extent;
      return symbols.find((_, s) => extent === sizes[0][s] && second.shape[axis] === sizes[1][s]) ?? open;
    });
    return [name, { dtype: type?.dtype ?? 'float32', shape }];
  });
  return Object.fromEntries(entries) as Record<Output, ValueInfo>;
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
