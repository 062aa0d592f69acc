// All operators of inference, by name, family by family. Those that only training needs are in training.ts.

import { operators as control } from './control/index.js';
import { operators as convolution } from './convolution/index.js';
import { operators as elementwise } from './elementwise/index.js';
import { operators as indexing } from './indexing/index.js';
import { operators as layout } from './layout/index.js';
import { operators as matmul } from './matmul/index.js';
import { operators as normalization } from './normalization/index.js';
import type { Operators } from './operator.js';
import { operators as pooling } from './pooling/index.js';
import { operators as quantized } from './quantized/index.js';
import { operators as recurrent } from './recurrent/index.js';
import { operators as reduction } from './reduction/index.js';
import { operators as vision } from './vision/index.js';

export const operators: Operators = {
  ...convolution,
  ...matmul,
  ...pooling,
  ...elementwise,
  ...normalization,
  ...reduction,
  ...layout,
  ...indexing,
  ...vision,
  ...quantized,
  ...recurrent,
  ...control,
};
