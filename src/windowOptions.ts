// Options of windows (kernels, pools, padding) as people write them, and what they come to for an operator: one number
// for all spatial axes or a list, padding by sides. The one place that knows the order of sides.

import { QuadlaneError } from './errors.js';
import { checkOptions } from './options.js';
import { shown } from './printable.js';

/** One number for all spatial axes, or one for each: `3` or `[3, 5]` (rows, columns). */
export type PerAxis = number | readonly number[];

/** How much stands before and behind each spatial axis of a map; sides that aren't named get nothing. */
export interface Sides {
  top?: number;
  left?: number;
  bottom?: number;
  right?: number;
}

/**
 * The same on all sides; all befores, then all afters, as ONNX has them (`[top, left, bottom, right]`, `[left, right]` in
 * 1-D); or sides by name, in 2-D.
 */
export type SidePadding = number | readonly number[] | Sides;

/** `'valid'` none, `'same'` what keeps ceil(size / stride) outputs (the odd one behind), or so much on each side. */
export type Padding = 'valid' | 'same' | SidePadding;

/** Where windows lie. */
export interface WindowOptions {
  /** Default: 1. */
  strides?: PerAxis;
  /** Default: `'valid'`. */
  padding?: Padding;
  /** Default: 1. */
  dilations?: PerAxis;
}

/** The names in `WindowOptions`. */
export const windowOptions = ['strides', 'padding', 'dilations'] as const;

/** Where windows lie, in the attributes of operators. */
export type WindowAttributes = {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly autoPad?: string;
  readonly padding?: readonly number[];
};

/**
 * What `options` say, for each of `axes` spatial axes.
 * @throws QuadlaneError `ARGUMENT`
 */
export function windowAttributes(options: WindowOptions, axes: number): WindowAttributes {
  return {
    strides: perAxis('strides', options.strides ?? 1, axes),
    dilations: perAxis('dilations', options.dilations ?? 1, axes),
    ...paddingAttributes(options.padding ?? 'valid', axes),
  };
}

/**
 * `value` for each of `axes` spatial axes.
 * @throws QuadlaneError `ARGUMENT` for anything but positive whole numbers
 */
export function perAxis(option: string, value: PerAxis, axes: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
  if (isWholeList(list, axes, 1)) return [...list];
  throw new QuadlaneError(
    'ARGUMENT',
    `${option} must be a positive whole number${axes > 1 ? `, or a list of ${axes}` : ''}; got ${shown(value)}`,
  );
}

/**
 * What is added behind each axis of a transposed convolution's result.
 * @throws QuadlaneError `ARGUMENT` for anything but whole numbers from 0 on
 */
export function outputPaddingOf(value: PerAxis, axes: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
  if (isWholeList(list, axes, 0)) return [...list];
  const allowed = axes === 2 ? '[rows, columns]' : `a list of ${axes}`;
  throw new QuadlaneError('ARGUMENT', `outputPadding must be a whole number or ${allowed}; got ${shown(value)}`);
}

/** @throws QuadlaneError `ARGUMENT` for anything but a positive whole number */
export function positive(option: string, value: number): number {
  return perAxis(option, value, 1)[0];
}

function paddingAttributes(padding: Padding, axes: number): Pick<WindowAttributes, 'autoPad' | 'padding'> {
  if (padding === 'valid') return {};
  if (padding === 'same') return { autoPad: 'same-upper' };
  return { padding: sidesOf(padding, axes, "'valid', 'same', ") };
}

const sideNames = ['top', 'left', 'bottom', 'right'] as const;

/**
 * Padding before each of `axes` spatial axes, then after each.
 * @param others what else the option may be, for the error
 * @throws QuadlaneError `ARGUMENT`
 */
export function sidesOf(padding: SidePadding, axes: number, others = ''): number[] {
  const list = typeof padding === 'number' ? new Array<number>(2 * axes).fill(padding) : listOf(padding, axes);
  if (isWholeList(list, 2 * axes, 0)) return [...list];
  const lists = ['a list', '[left, right]', '[top, left, bottom, right] or { top, left, bottom, right }'];
  const allowed = lists[axes] ?? `a list of ${2 * axes}: all befores, then all afters`;
  throw new QuadlaneError('ARGUMENT', `padding must be ${others}a whole number or ${allowed}; got ${shown(padding)}`);
}

function listOf(padding: SidePadding, axes: number): unknown {
  if (axes !== 2 || typeof padding !== 'object' || padding === null || Array.isArray(padding)) return padding;
  const sides = checkOptions('padding', padding as Sides, sideNames);
  return sideNames.map((name) => sides[name] ?? 0);
}

function isWholeList(list: unknown, length: number, least: number): list is readonly number[] {
  return (
    Array.isArray(list) && list.length === length && list.every((value) => Number.isInteger(value) && value >= least)
  );
}
