// Every operator and pass is known to every test, as it is to a program that reads ONNX files.

import { addRare } from '../src/formats/onnx/rare.js';
import { useBatchNorm } from '../src/graph/passes/channels.js';
import { flattenPasses } from '../src/graph/passes/flatten.js';
import { usePasses } from '../src/graph/passes/index.js';
import { layoutPasses } from '../src/graph/passes/layout.js';
import { paddingPasses } from '../src/graph/passes/padding.js';
import { extended } from '../src/ops/registry/common.js';
import { register } from '../src/ops/registry/index.js';
import { training } from '../src/ops/registry/training.js';

register(extended);
register(training);
addRare();
usePasses('padding', paddingPasses);
usePasses('layout', layoutPasses);
usePasses('flatten', flattenPasses);
useBatchNorm();
