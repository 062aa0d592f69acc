// Which operators work row by row, for values whose number of rows only a run tells; see `Operator.keepsRows`.

import type { Attributes, Operator } from '../operator.js';

type KeepsRows = NonNullable<Operator<Attributes>['keepsRows']>;

/** Element by element: every input that isn't counted has to be the same for all rows. */
export const elementwiseRows: KeepsRows = (_, inputs, counted) => {
  const rank = Math.max(...inputs.map((input) => input?.shape.length ?? 0));
  return inputs.every((input, index) => {
    if (!input || counted[index]) return !input || input.shape.length === rank;
    return input.shape.length < rank || input.shape[0] === 1;
  });
};
