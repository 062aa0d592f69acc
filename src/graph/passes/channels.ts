// The passes for networks that normalise before they convolve, and that join what they have computed so far again and
// again (DenseNet, ResNets with pre-activation).

import { scaleShift } from '../../ops/elementwise/scaleShift.js';
import { batchNorm } from '../../ops/normalization/batchNorm.js';
import { reduce } from '../../ops/reduction/reduce.js';
import { register } from '../../ops/registry/index.js';
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
