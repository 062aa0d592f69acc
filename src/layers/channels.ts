// What layers over maps take.

import { QuadlaneError } from '../errors.js';
import type { Value } from './layer.js';

/**
 * Channels of a map with `axes` spatial axes.
 * @throws QuadlaneError `SHAPE` when `value` isn't one
 */
export function channelsOf(value: Value, axes: number): number {
  if (value.shape.length !== axes + 1) {
    throw new QuadlaneError(
      'SHAPE',
      axes === 1
        ? 'it takes [length, channels]'
        : 'it takes [height, width, channels]: channels last, the batch left out',
    );
  }
  return value.shape[axes];
}
