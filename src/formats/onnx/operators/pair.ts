// Operators on two inputs that broadcast.

import type { Importer, NodeContext } from '../context.js';

/** Operator set 6 and before broadcast only when asked to, and could align at any axis. */
function checkBroadcast(context: NodeContext): void {
  if (context.opset < 7 && context.integer('broadcast', 0) === 1 && context.hasAttribute('axis')) {
    throw context.unsupported(
      'it broadcasts at a given axis (operator set 6 and before): convert the model to operator set 13',
    );
  }
}

export const pair =
  (op: string, operation: string): Importer =>
  (context) => {
    checkBroadcast(context);
    context.emit(op, [context.input(0), context.input(1)], { operation });
  };
