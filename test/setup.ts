// Every operator is known to every test, as it is to a program that reads ONNX files.

import { extended } from '../src/ops/extended.js';
import { register } from '../src/ops/index.js';

register(extended);
