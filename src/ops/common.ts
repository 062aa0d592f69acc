// The operators that classifiers are made of, by name.

import { operators as convolution } from './convolution/index.js';
import { operators as elementwise } from './elementwise/index.js';
import { operators as layout } from './layout/index.js';
import { operators as matmul } from './matmul/index.js';
import { operators as normalization } from './normalization/index.js';
import type { Operators } from './operator.js';
import { operators as pooling } from './pooling/index.js';
import { operators as reduction } from './reduction/index.js';

export const common: Operators = {
  ...convolution,
  ...matmul,
  ...pooling,
  ...elementwise,
  ...normalization,
  ...reduction,
  ...layout,
};
