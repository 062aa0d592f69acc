// What Keras-like options mean to the operators: kernel sizes, strides and paddings, numbers or lists.

import { QuadlaneError } from '../errors.js';
import type { Attributes } from '../ops/operator.js';
import { shown } from './checks.js';
import type { Value } from './layer.js';

/** One number for all spatial axes, or one for each: `3` or `[3, 5]` (rows, columns). */
export type PerAxis = number | readonly number[];

/**
 * `'valid'` none, `'same'` what keeps ceil(size / stride) outputs, a number on all sides, or `[top, right, bottom, left]`
 * (`[left, right]` in 1-D).
 */
export type Padding = 'valid' | 'same' | number | readonly number[];

/** Where windows lie. */
export interface WindowOptions {
  strides?: PerAxis;
  /** Default: `'valid'`. */
  padding?: Padding;
  dilation?: PerAxis;
}

/** The names in `WindowOptions`. */
export const windowOptions = ['strides', 'padding', 'dilation'] as const;

/**
 * `value` for each of `axes` spatial axes.
 * @throws QuadlaneError `ARGUMENT` for anything but positive whole numbers
 */
export function perAxis(option: string, value: PerAxis, axes: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
  if (!Array.isArray(list) || list.length !== axes || !list.every((entry) => Number.isInteger(entry) && entry > 0)) {
    throw new QuadlaneError(
      'ARGUMENT',
      `${option} must be a positive whole number${axes > 1 ? `, or a list of ${axes}` : ''}; got ${shown(value)}`,
    );
  }
  return [...list];
}

/** @throws QuadlaneError `ARGUMENT` for anything but a positive whole number */
export function positive(option: string, value: number): number {
  return perAxis(option, value, 1)[0];
}

/** The operator attributes that windows of `kernelShape` have. */
export function windowAttributes(options: WindowOptions, axes: number): Attributes {
  return {
    strides: perAxis('strides', options.strides ?? 1, axes),
    dilations: perAxis('dilation', options.dilation ?? 1, axes),
    ...paddingAttributes(options.padding ?? 'valid', axes),
  };
}

function paddingAttributes(padding: Padding, axes: number): Attributes {
  if (padding === 'valid') return {};
  if (padding === 'same') return { autoPad: 'same-upper' };
  return { padding: sidesOf(padding, axes) };
}

/**
 * Padding before each spatial axis, then after each, from a number or `[top, right, bottom, left]`.
 * @throws QuadlaneError `ARGUMENT` for anything else
 */
export function sidesOf(padding: number | readonly number[], axes: number): number[] {
  const sides = typeof padding === 'number' ? new Array<number>(2 * axes).fill(padding) : padding;
  if (
    !Array.isArray(sides) ||
    sides.length !== 2 * axes ||
    !sides.every((side) => Number.isInteger(side) && side >= 0)
  ) {
    const list = axes === 1 ? '[left, right]' : '[top, right, bottom, left]';
    throw new QuadlaneError(
      'ARGUMENT',
      `padding must be 'valid', 'same', a whole number or ${list}; got ${shown(padding)}`,
    );
  }
  if (axes === 1) return [...sides];
  const [top, right, bottom, left] = sides as number[];
  return [top, left, bottom, right];
}

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
