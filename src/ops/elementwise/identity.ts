// The input itself under another name.

import type { Operator } from '../operator.js';

export const identity: Operator = {
  name: 'identity',
  reshapes: true,

  infer: ([input]) => [{ dtype: input!.dtype, shape: input!.shape }],

  evaluate: ([input]) => input && [input],

  permute: (attributes) => attributes,

  lower(lowering) {
    const output = lowering.output();
    lowering.copy(output.shape, lowering.input(0), output);
  },
};
