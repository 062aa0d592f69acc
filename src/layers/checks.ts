// What options are refused for, and how the errors show what was given. Names of layers are put before by the caller.

import { QuadlaneError } from '../errors.js';

/** Most entries of a list, and most keys of an object, in an error. */
const MOST_SHOWN = 6;

/** `value` as a caller would write it, in short. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Array.isArray(value) ? value.slice(0, MOST_SHOWN).map(entry) : Object.keys(value);
  const more = (Array.isArray(value) ? value : entries).length > MOST_SHOWN ? ', ...' : '';
  const list = entries.slice(0, MOST_SHOWN).join(', ') + more;
  if (Array.isArray(value)) return `[${list}]`;
  return list ? `{ ${list} }` : '{}';
}

/** An entry of a list: lists in it aren't looked into. */
function entry(value: unknown): string {
  return Array.isArray(value) ? '[...]' : shown(value);
}

/**
 * @param known the names that `given` may have
 * @throws QuadlaneError `ARGUMENT` unless it is an object of those alone
 */
export function checkKeys(what: string, given: unknown, known: readonly string[]): void {
  const written = `{ ${known.join(', ')} }`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new QuadlaneError('ARGUMENT', `${what} takes an object of options, of ${written}; got ${shown(given)}`);
  }
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new QuadlaneError('ARGUMENT', `${what} has no option ${JSON.stringify(unknown)}; choose from ${written}`);
  }
}

/** @throws QuadlaneError `ARGUMENT` for anything but a number from `least` to `most` */
export function inRange(option: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const range = most === Number.MAX_VALUE ? `from ${least} on` : `from ${least} to ${most}`;
  throw new QuadlaneError('ARGUMENT', `${option} must be a number ${range}; got ${shown(value)}`);
}

/** @throws QuadlaneError `ARGUMENT` for NaN, and for what is no number; undefined passes, for a default */
export function optionalNumber(option: string, value: number | undefined): number | undefined {
  if (value === undefined || (typeof value === 'number' && !Number.isNaN(value))) return value;
  throw new QuadlaneError('ARGUMENT', `${option} must be a number; got ${shown(value)}`);
}

/** @throws QuadlaneError `ARGUMENT` for anything but one of `choices` */
export function oneOf<Choice extends string>(option: string, value: Choice, choices: readonly Choice[]): Choice {
  if (choices.includes(value)) return value;
  throw new QuadlaneError('ARGUMENT', `${option} must be one of ${choices.join(', ')}; got ${shown(value)}`);
}

/** @throws QuadlaneError `ARGUMENT` for anything but a whole number */
export function wholeNumber(option: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new QuadlaneError('ARGUMENT', `${option} must be a whole number; got ${shown(value)}`);
}

/** Options that are true or false, whatever layer has them. */
const flags = ['useBias', 'ceil', 'includePadding', 'keepDims', 'channelsFirst'];

/** @throws QuadlaneError `ARGUMENT` for a flag among `options` that is given and is neither true nor false */
export function checkFlags(what: string, options: object): void {
  for (const [option, value] of Object.entries(options)) {
    if (!flags.includes(option) || value === undefined || typeof value === 'boolean') continue;
    throw new QuadlaneError('ARGUMENT', `${what}: ${option} must be true or false; got ${shown(value)}`);
  }
}
