// What options are refused for: names that a call doesn't know, and values that can't be. Every public call reads its
// options through these checks, so that nothing misspelt passes silently.

import { QuadlaneError } from './errors.js';
import { shown } from './printable.js';

/** Name of an option. */
type NameOf<Options> = keyof Options & string;

/** A list of all names of `Options`: one that lacks some has another type. */
export type AllNames<Options, Listed extends string> = readonly Listed[] &
  (NameOf<Options> extends Listed ? unknown : { readonly missing: Exclude<NameOf<Options>, Listed> });

/**
 * The options themselves, once their names are known to be right.
 * @param call what takes them, as an error names it
 * @param known the names of all options that there are
 * @throws QuadlaneError `ARGUMENT` unless they are an object of options that the call has
 */
export function checkOptions<Options extends object, const Listed extends NameOf<Options>>(
  call: string,
  options: Options,
  known: AllNames<Options, Listed>,
): Options {
  return checkNames(call, options, known);
}

/** `checkOptions` for lists of names that the type checker can't compare with the options. */
export function checkNames<Options extends object>(call: string, options: Options, known: readonly string[]): Options {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new QuadlaneError('ARGUMENT', `${call} takes an object of options, of ${list(known)}; got ${shown(options)}`);
  }
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(call, name, known);
  return options;
}

function unknownOption(call: string, name: string, known: readonly string[]): QuadlaneError {
  const meant = closest(name, known);
  const advice = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return new QuadlaneError(
    'ARGUMENT',
    `${call} has no option ${JSON.stringify(name)}; choose from ${list(known)}${advice}`,
  );
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '{}' : `{ ${names.join(', ')} }`;
}

/** The name that `given` seems to stand for: the same but for case and underscores, a beginning of it, or few letters away. */
function closest(given: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.replace(/[_-]/g, '').toLowerCase();
  const wanted = plain(given);
  const distances = known.map((name) => {
    const other = plain(name);
    return wanted.length > 2 && other.startsWith(wanted) ? 1 : editDistance(wanted, other);
  });
  const least = Math.min(...distances);
  return least <= Math.max(1, wanted.length / 3) ? known[distances.indexOf(least)] : undefined;
}

/** Letters to insert, delete, replace or swap with their neighbour until `a` is `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, rows[i - 1][j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

/** Where a number may lie; without bounds anywhere. */
export interface Range {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  readonly whole?: boolean;
  /** Infinite ones count as numbers. */
  readonly infinite?: boolean;
}

/** @throws QuadlaneError `ARGUMENT` for anything but a number in `range`; NaN is in none */
export function numberIn(option: string, value: number, range: Range): number {
  const { from, above, to, below, whole, infinite } = range;
  const fits = whole ? Number.isSafeInteger(value) : infinite ? !Number.isNaN(value) : Number.isFinite(value);
  // Objects have comparisons of their own.
  const inside =
    typeof value === 'number' &&
    (from === undefined || value >= from) &&
    (above === undefined || value > above) &&
    (to === undefined || value <= to) &&
    (below === undefined || value < below);
  if (fits && inside) return value;
  throw new QuadlaneError('ARGUMENT', `${option} must be a ${wanted(range)}; got ${shown(value)}`);
}

/** A range in words: `whole number from 1 on`. */
function wanted({ from, above, to, below, whole }: Range): string {
  const number = whole ? 'whole number' : 'number';
  const start = from !== undefined ? ` from ${from}` : above !== undefined ? ` above ${above}` : '';
  const end =
    to !== undefined ? ` to ${to}` : below !== undefined ? ` to below ${below}` : from !== undefined ? ' on' : '';
  return number + start + end;
}

/** @throws QuadlaneError `ARGUMENT` for anything but one of `choices` */
export function oneOf<Choice extends string>(option: string, value: Choice, choices: readonly Choice[]): Choice {
  if (choices.includes(value)) return value;
  throw new QuadlaneError('ARGUMENT', `${option} must be one of ${choices.join(', ')}; got ${shown(value)}`);
}

/** @throws QuadlaneError `ARGUMENT` for anything but true and false */
export function flag(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new QuadlaneError('ARGUMENT', `${option} must be true or false; got ${shown(value)}`);
}
