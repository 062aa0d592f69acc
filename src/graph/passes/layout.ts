// The passes that move changes of layout out of the way: for front ends whose graphs have channels first, or change
// layouts for other reasons.

import { flattenIntoWeights } from './flatten.js';
import type { NamedPass } from './index.js';
import { foldPadding } from './padding.js';
import { reshapeTrivialTransposes, sinkTransposes } from './transposes.js';

export const layoutPasses: readonly NamedPass[] = [
  ['transposes', sinkTransposes],
  ['padding', foldPadding],
  ['trivial transposes', reshapeTrivialTransposes],
  ['flatten', flattenIntoWeights],
];
