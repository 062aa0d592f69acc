// Operators that only training needs, one line each: gradients, losses, random masks and updates of parameters.

import { activationGradient } from './activationGradient.js';
import { batchNormGradient, batchNormTraining } from './batchNormTraining.js';
import { convFilterGradient } from './convFilterGradient.js';
import { gatherGradient } from './gatherGradient.js';
import type { Operator } from './operator.js';
import { adamStep, rmspropStep, sgdStep } from './optimizers.js';
import { averagePoolGradient, maxPoolGradient } from './poolGradient.js';
import { randomMask } from './randomMask.js';
import { resizeGradient } from './resizeGradient.js';
import { responseNormGradient } from './responseNormGradient.js';
import { sliceGradient } from './sliceGradient.js';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';
import { logSoftmaxGradient, softmaxGradient } from './softmaxGradient.js';

export const training: Readonly<Record<string, Operator>> = {
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
