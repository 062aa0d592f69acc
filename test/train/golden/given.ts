// What reference data says, read so that nothing of it is passed over: what no one has asked for is an error that names it.

/** Something that the data describes and that can't be built; it counts as a failure of its own kind. */
export class Cannot extends Error {
  override readonly name = 'Cannot';
}

/** Notes for people: they change nothing of what is computed. */
const remarks = new Set(['note', 'formula', 'about', 'edge', 'ties', 'id', 'name']);

/** `record` and the names in it that nobody has read yet. */
export function tracked<T extends object>(record: T): { readonly given: T; unread(): string[] } {
  const read = new Set<PropertyKey>();
  const given = new Proxy(record, {
    get(target, key) {
      read.add(key);
      return Reflect.get(target, key);
    },
  });
  return { given, unread: () => Object.keys(record).filter((key) => !read.has(key) && !remarks.has(key)) };
}

/**
 * What `use` makes of `record`.
 * @param whose what an error begins with
 * @throws Cannot when `use` has not read all of it
 */
export function readingAll<T extends object, R>(whose: string, record: T, use: (given: T) => R): R {
  const { given, unread } = tracked(record);
  const result = use(given);
  const left = unread();
  if (left.length === 0) return result;
  const shown = left.map((key) => `${key} = ${JSON.stringify(record[key as keyof T])}`);
  throw new Cannot(`${whose}: no meaning is known for ${shown.join(', ')}`);
}

/** `value` as a list of `count` numbers. */
export function perAxis(value: unknown, count: number): number[] {
  if (typeof value === 'number') return new Array<number>(count).fill(value);
  if (Array.isArray(value) && value.length === count) return value as number[];
  throw new Cannot(`${JSON.stringify(value)} is no size for ${count} axes`);
}

/** A name without what spellings differ in: `weight_decay`, `weightDecay` and `Weight decay` are one. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
