// The input itself under another name.

import { sameShapeAs } from '../lowering/partialShapes.js';
import type { Operator } from '../operator.js';

export const identity: Operator = {
  name: 'identity',
  reshapes: true,
  gradient: ({ gradient }) => [gradient()],
  partialShapes: sameShapeAs,
  dropRate: ({ dropout = 0 }) => dropout as number,

  infer: ([input]) => [{ dtype: input!.dtype, shape: input!.shape }],

  evaluate: ([input]) => input && [input],

  permute: (attributes) => attributes,

  lower(lowering) {
    const output = lowering.output();
    lowering.copy(output.shape, lowering.input(0), output);
  },
};
