// The passes for networks that normalise before they convolve, and that join what they have computed so far again and
// again (DenseNet, ResNets with pre-activation).

import { batchNorm } from '../../ops/batchNorm.js';
import { register } from '../../ops/index.js';
import { reduce } from '../../ops/reduce.js';
import { scaleShift } from '../../ops/scaleShift.js';
import { nestConcats } from './concats.js';
import { usePasses } from './index.js';
import { foldInputScales } from './inputScales.js';
import { fuseScaleShifts } from './scaleShifts.js';

/** Brings batch norm and these passes along, for front ends whose graphs have one. */
export function useBatchNorm(): void {
  register({ batchNorm, reduce, scaleShift });
  usePasses('channels', [
    ['input scales', foldInputScales],
    ['scale and shift', fuseScaleShifts],
    ['concats', nestConcats],
  ]);
}
