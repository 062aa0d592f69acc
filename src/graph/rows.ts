// Values whose number of rows only a run tells: which they are, and which operators may read them.

import { QuadlaneError } from '../errors.js';
import type { Operator } from '../ops/operator.js';
import type { TensorType } from '../tensor.js';
import type { Node, RowCounts } from './graph.js';

/**
 * The value that counts the rows of the first output of `node`; undefined where all rows are there.
 * @throws QuadlaneError `UNSUPPORTED` when the node reads counted rows but doesn't work row by row
 */
export function countedBy(
  node: Node,
  operator: Operator,
  types: readonly (TensorType | undefined)[],
  counts: RowCounts,
): string | undefined {
  const refusal = refusalOfRows(node, operator, types, counts);
  if (refusal) throw refusal;
  const counted = node.inputs.find((name) => counts.has(name));
  if (counted === undefined) return operator.countsRows ? node.outputs[0] : undefined;
  return counts.get(counted);
}

/** Why `node` can't read the counted rows among its inputs; undefined where it can, or where there are none. */
export function refusalOfRows(
  node: Node,
  operator: Operator,
  types: readonly (TensorType | undefined)[],
  counts: RowCounts,
): QuadlaneError | undefined {
  const counted = node.inputs.map((name) => counts.has(name));
  if (!counted.includes(true)) return undefined;
  const sources = new Set(node.inputs.flatMap((name) => counts.get(name) ?? []));
  const keeps = operator.reshapes
    ? operator.infer(types, node.attributes)[0].shape[0] === types[0]?.shape[0]
    : operator.keepsRows?.(node.attributes, types, counted);
  if (sources.size === 1 && keeps) return undefined;
  const name = node.inputs[counted.indexOf(true)];
  return new QuadlaneError(
    'UNSUPPORTED',
    `${node.op} "${node.name}" reads "${name}", of which only a run tells how many rows there are. quadlane plans all shapes before a run: make it an output of the model and go on from there, or use operators that work row by row`,
    { node: node.name, operator: node.op, shapes: types.map((type) => type?.shape) },
  );
}
