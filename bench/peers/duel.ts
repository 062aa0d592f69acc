// quadlane and one peer on the same network, in turns, after a look at whether both compute the same.

import { type Effort, type Call as Measured, measure, median, ratio, wasDisturbed } from '../measure.js';
import type { Contestant } from './contestant.js';

/** The greatest difference of two outputs, as a part of the greatest output, that rounding explains. */
export const TOLERANCE = 1e-4;

/** Turns long enough for several runs of a small network, and one of a big one. */
export const thorough: Effort = { rounds: 11, turn: 60 };

export interface DuelResult {
  /** Seconds a run. */
  readonly quadlane: number;
  readonly peer: number;
  /** The peer's time over quadlane's: the median of the rounds' ratios. */
  readonly ratio: number;
  /** Greatest difference of the outputs, as a part of the greatest output. */
  readonly difference: number;
  /** Seconds a call of what else was measured in the same rounds. */
  readonly beside?: number;
  /** Something else used the core during most samples. */
  readonly disturbed: boolean;
}

/**
 * Measures both.
 * @param beside another call to measure in the same rounds
 * @throws Error when the outputs differ by more than `TOLERANCE`
 */
export async function duel(
  ours: Contestant,
  theirs: Contestant,
  effort: Effort,
  beside?: Measured,
): Promise<DuelResult> {
  const difference = differenceOf(await ours.result(), await theirs.result());
  if (!(difference <= TOLERANCE)) {
    throw new Error(`the outputs differ by ${difference.toExponential(1)} of the greatest, more than ${TOLERANCE}`);
  }
  const contestants: Record<string, Measured> = { quadlane: () => ours.run(), peer: () => theirs.run() };
  if (beside) contestants.beside = beside;
  const times = await measure(contestants, effort);
  return {
    quadlane: median(times.quadlane),
    peer: median(times.peer),
    ratio: ratio(times.peer, times.quadlane),
    difference,
    ...(beside && { beside: median(times.beside) }),
    disturbed: wasDisturbed(),
  };
}

/** The greatest difference as a part of the greatest absolute value of `expected`; NaN where anything isn't finite. */
export function differenceOf(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) throw new Error(`${found.length} outputs, but the peer has ${expected.length}`);
  let [difference, greatest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(found[i] - expected[i]);
    if (!(distance < Number.POSITIVE_INFINITY)) return Number.NaN;
    difference = Math.max(difference, distance);
    greatest = Math.max(greatest, Math.abs(expected[i]));
  }
  return difference / greatest;
}
