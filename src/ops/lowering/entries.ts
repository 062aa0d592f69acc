// What attributes choose by name.

import { QuadlaneError } from '../../errors.js';
import { shown } from '../../printable.js';

/**
 * The entry of `table` called `name`.
 * @param what what the entries are
 * @throws QuadlaneError `ARGUMENT` where there is none
 */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (typeof name !== 'string' || !Object.hasOwn(table, name)) {
    throw new QuadlaneError(
      'ARGUMENT',
      `there is no ${what} ${shown(name)}; choose one of ${Object.keys(table).join(', ')}`,
    );
  }
  return table[name];
}
