// Operators that only training needs, one line each: gradients, losses, random masks and updates of parameters.

import { activationGradient } from './activationGradient.js';
import { convFilterGradient } from './convFilterGradient.js';
import type { Operator } from './operator.js';
import { adamStep, rmspropStep, sgdStep } from './optimizers.js';
import { averagePoolGradient, maxPoolGradient } from './poolGradient.js';
import { sliceGradient } from './sliceGradient.js';

export const training: Readonly<Record<string, Operator>> = {
  adamStep,
  activationGradient,
  averagePoolGradient,
  convFilterGradient,
  maxPoolGradient,
  rmspropStep,
  sgdStep,
  sliceGradient,
};
