// Operators whose results' types depend on values that a run computes: what the importer asks of them. How they are
// computed is in src/graph/control.

import { ofRank } from '../lowering/partialShapes.js';
import type { Operator, Operators } from '../operator.js';

const noGradient = 'depends on a choice that only a run makes';

/** A rule that is asked of typed graphs, where these operators never stand. */
function infer(): never {
  throw new Error('it is expanded before');
}

const control = (name: string, rules: Partial<Operator> = {}): Operator => ({
  name,
  needs: 0,
  gradient: noGradient,
  infer,
  ...rules,
});

export const operators: Operators = {
  if: control('if', { needs: 1, shapeInputs: [0] }),
  loop: control('loop'),
  scan: control('scan', { needs: 1 }),
  nonZero: control('nonZero', { needs: 1, partialShapes: () => [ofRank(2)] }),
  compress: control('compress', {
    needs: 2,
    partialShapes: ([input], { axis }) => [ofRank(axis === undefined ? 1 : input?.length)],
  }),
  unique: control('unique', {
    needs: 1,
    partialShapes: ([input], { axis }) => [
      ofRank(axis === undefined ? 1 : input?.length),
      ofRank(1),
      ofRank(1),
      ofRank(1),
    ],
  }),
};
