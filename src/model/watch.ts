// How a program looks on at a run, and stops it.

import type { CancelSignal } from '../hostTypes.js';

/** A step of a run that is done. */
export interface StepReport {
  /** How many of the `steps` are done with it. */
  readonly step: number;
  readonly steps: number;
  /** The node it belongs to, as the model or the compiler names it. */
  readonly node: string;
  readonly operator: string;
}

/** Who looks on at a run. */
export interface Watch {
  readonly signal?: CancelSignal | undefined;
  readonly onStep?: ((report: StepReport) => void) | undefined;
}
