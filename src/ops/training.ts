// Operators that only training needs, one line each: gradients, losses and random masks.

import { activationGradient } from './activationGradient.js';
import { batchNormGradient, batchNormTraining } from './batchNormTraining.js';
import { convFilterGradient } from './convFilterGradient.js';
import type { Operator } from './operator.js';
import { adamStep, rmspropStep, sgdStep } from './optimizers.js';
import { averagePoolGradient, maxPoolGradient } from './poolGradient.js';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';
import { logSoftmaxGradient, softmaxGradient } from './softmaxGradient.js';

export const training: Readonly<Record<string, Operator>> = {
  activationGradient,
  adamStep,
  rmspropStep,
  sgdStep,
  averagePoolGradient,
  batchNormGradient,
  batchNormTraining,
  convFilterGradient,
  logSoftmaxGradient,
  maxPoolGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  softmaxGradient,
};
