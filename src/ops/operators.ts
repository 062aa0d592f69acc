// All operators of inference, by name. Those that only training needs are in training.ts.

import { common } from './common.js';
import { operators as indexing } from './indexing/index.js';
import type { Operators } from './operator.js';
import { operators as quantized } from './quantized/index.js';
import { operators as vision } from './vision/index.js';

export const operators: Operators = { ...common, ...indexing, ...vision, ...quantized };
