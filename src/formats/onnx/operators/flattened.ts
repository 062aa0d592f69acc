// Operators along an axis that, before operator set 13, ran over all axes from `axis` on, as if flattened to a matrix.

import type { Attributes } from '../../../ops/operator.js';
import type { NodeContext } from '../context.js';

/** Emits `op` with its attribute `axis`; its result has the shape of its input. */
export function emitFlattened(context: NodeContext, op: string, attributes: Attributes = {}): void {
  const x = context.input(0);
  const flattens = context.opset < 13;
  const axis = context.integer('axis', flattens ? 1 : -1);
  const rank = context.rankOf(x);
  if (!flattens || axis === -1 || (rank !== undefined && axis === rank - 1)) {
    context.emit(op, [x], { ...attributes, axis });
    return;
  }
  const matrix = context.step('flatten', [x], { axis });
  const result = context.step(op, [matrix], { ...attributes, axis: 1 });
  context.emit('reshape', [result, context.step('shape', [x])], { allowZero: true });
}
