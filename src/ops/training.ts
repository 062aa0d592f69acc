// Operators that only training needs, one line each: gradients, losses, random masks and updates of parameters.

import { convFilterGradient } from './convolution/convFilterGradient.js';
import { activationGradient } from './elementwise/activationGradient.js';
import { randomMask } from './elementwise/randomMask.js';
import { gatherGradient } from './indexing/gatherGradient.js';
import { sliceGradient } from './layout/sliceGradient.js';
import { batchNormGradient, batchNormTraining } from './normalization/batchNormTraining.js';
import { responseNormGradient } from './normalization/responseNormGradient.js';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './normalization/softmaxCrossEntropy.js';
import { logSoftmaxGradient, softmaxGradient } from './normalization/softmaxGradient.js';
import type { Operators } from './operator.js';
import { adamStep, rmspropStep, sgdStep } from './optimizer/optimizers.js';
import { averagePoolGradient, maxPoolGradient } from './pooling/poolGradient.js';
import { resizeGradient } from './vision/resizeGradient.js';

export const training: Operators = {
  adamStep,
  activationGradient,
  averagePoolGradient,
  batchNormGradient,
  batchNormTraining,
  convFilterGradient,
  gatherGradient,
  logSoftmaxGradient,
  maxPoolGradient,
  randomMask,
  resizeGradient,
  responseNormGradient,
  rmspropStep,
  sgdStep,
  sliceGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  softmaxGradient,
};
