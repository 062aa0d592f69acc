// Casts to float32 where the network computes with float16 and float64: an ONNX operator wants inputs of one type.

import type { Graph, Node } from '../../graph/graph.js';
import { castNode, noteOutputType, widened } from '../../graph/widening.js';
import type { DType } from '../../tensor.js';

export interface CastGraph {
  readonly nodes: readonly Node[];
  /** The element types of values, as far as they are known. */
  readonly types: ReadonlyMap<string, DType>;
}

/** The nodes of `graph`, with casts. Types follow without shapes, from inputs, constants and operators. */
export function withCasts(graph: Graph): CastGraph {
  const { operators } = graph.dialect;
  const names = new Set([...graph.constants.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const types = new Map<string, DType>();
  const note = (name: string, dtype: DType | undefined) => {
    if (dtype) types.set(name, dtype);
  };
  for (const { name, dtype } of graph.inputs) {
    names.add(name);
    note(name, dtype);
  }
  for (const [name, { dtype }] of graph.constants) note(name, dtype);
  const nodes: Node[] = [];
  const casts = new Map<string, string>();
  const cast = (value: string): string => {
    let name = casts.get(value) ?? `${value}/float32`;
    if (casts.has(value)) return name;
    while (names.has(name)) name += '_';
    names.add(name);
    casts.set(value, name);
    nodes.push(castNode(value, name, 'float32'));
    note(name, 'float32');
    return name;
  };
  for (const node of graph.nodes) {
    const operator = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
    if (!operator) {
      nodes.push(node);
      continue;
    }
    const wide = widened(graph, node, (name) => types.get(name), cast);
    nodes.push(wide);
    noteOutputType(operator, wide, types);
  }
  return { nodes, types };
}
