// What models with batch norms need, loaded when a model has one.

import { useBatchNorm } from './channels.js';

/** Adds batch norm, and the passes that fold it. */
export function addBatchNorm(): void {
  useBatchNorm();
}
