// The passes that move changes of layout out of the way: for front ends whose graphs have channels first, or change
// layouts for other reasons.

import type { NamedPass } from './index.js';
import { reshapeTrivialTransposes, sinkTransposes } from './transposes.js';

export const layoutPasses: readonly NamedPass[] = [
  ['transposes', sinkTransposes],
  ['trivial transposes', reshapeTrivialTransposes],
];
