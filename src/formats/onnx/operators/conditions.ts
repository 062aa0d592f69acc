// ONNX operators that compare and choose, element by element.

import type { Importer } from '../context.js';
import { pair } from './pair.js';

/** x + bias below -lambd, x - bias above lambd, 0 between. */
const shrink: Importer = (context) => {
  const x = context.input(0);
  const [bias, lambda] = [context.float('bias', 0), context.float('lambd', 0.5)];
  const beyond = (operation: string, bound: number) =>
    context.step('compare', [x, context.scalar(bound)], { operation });
  const moved = (by: number) => context.step('binary', [x, context.scalar(by)], { operation: 'add' });
  const below = context.step('where', [beyond('less', -lambda), moved(bias), context.scalar(0)]);
  context.emit('where', [beyond('greater', lambda), moved(-bias), below]);
};

export const conditions: Record<string, Importer> = {
  And: pair('logical', 'and'),
  Equal: pair('compare', 'equal'),
  Greater: pair('compare', 'greater'),
  GreaterOrEqual: pair('compare', 'greaterOrEqual'),
  Less: pair('compare', 'less'),
  LessOrEqual: pair('compare', 'lessOrEqual'),
  Not: (context) => context.emit('logical', [context.input(0)], { operation: 'not' }),
  Or: pair('logical', 'or'),
  Shrink: shrink,
  Where: (context) => context.emit('where', [context.input(0), context.input(1), context.input(2)]),
  Xor: pair('logical', 'xor'),
};
