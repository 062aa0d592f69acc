// Half and double precision: what operators compute with is cast to float32 where they read it; what they move stays as it is.

import type { Operator } from '../ops/operator.js';
import type { DType } from '../tensor.js';
import { operatorOf } from './dialect.js';
import type { Graph, Node } from './graph.js';

/**
 * The node with each input that it would read as numbers of float16 or float64 replaced.
 * @param cast what stands for a value cast to float32
 */
export function widened(
  graph: Pick<Graph, 'dialect'>,
  node: Node,
  dtypeOf: (value: string) => DType | undefined,
  cast: (value: string) => string,
): Node {
  const types = node.inputs.map(dtypeOf);
  if (!types.some(isOther)) return node;
  const { takesBits, reshapes, typeInputs } = operatorOf(graph, node);
  const isType = (index: number) => typeInputs?.includes(index);
  const moves = (index: number) => !isType(index) && (takesBits?.(index, node.attributes) ?? (reshapes && index === 0));
  const moved = new Set(types.filter((_, index) => node.inputs[index] && moves(index)));
  const keeps = (index: number) => !isOther(types[index]) || isType(index) || (moved.size === 1 && moves(index));
  return { ...node, inputs: node.inputs.map((name, index) => (keeps(index) ? name : cast(name))) };
}

/**
 * The element type of the outputs of `node` that hold what it computes or moves: of all of them where it moves elements, else
 * of the first, as others may be indices.
 */
export function noteOutputType(
  { takesBits, reshapes, outputType, typeInputs = [] }: Operator,
  { inputs, outputs, attributes }: Pick<Node, 'inputs' | 'outputs' | 'attributes'>,
  types: Map<string, DType>,
): void {
  const moved = inputs.find((_, index) => takesBits?.(index, attributes) ?? (reshapes && index === 0));
  const given = inputs.map((name) => types.get(name));
  const typing = typeInputs.map((index) => inputs[index]).find((name) => name) ?? moved;
  const dtype = outputType?.(attributes, given) ?? (typing ? types.get(typing) : given[0]);
  if (!dtype) return;
  for (const name of moved ? outputs : outputs.slice(0, 1)) types.set(name, dtype);
}

/** Whether it is a float that nothing computes in. */
export function isOther(dtype: DType | undefined): boolean {
  return dtype === 'float16' || dtype === 'float64';
}

/** A node that casts `value` to `dtype`, and carries the name of its output. */
export function castNode(value: string, output: string, to: DType): Node {
  return { name: output, op: 'cast', inputs: [value], outputs: [output], attributes: { to } };
}
