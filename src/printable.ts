// Text of unknown origin (names in files, values of callers) as terminals, logs and pages may show it.

/** Most characters of a name. */
const LONGEST_NAME = 200;

/** Most characters of a line of an error. */
const LONGEST_LINE = 4000;

/** Most entries of a list, and most keys of an object, in an error. */
const MOST_SHOWN = 6;

/** A name without control characters, its end left out where it is long. */
export function printable(name: string): string {
  return escaped(cut(name, LONGEST_NAME));
}

/** A line of an error: names that stand in quotes as `printable` gives them, and no more of it than people read. */
export function printableLine(line: string): string {
  const shortened = line
    .split('"')
    .map((part, index) => (index % 2 === 1 ? cut(part, LONGEST_NAME) : part))
    .join('"');
  if (shortened.length <= LONGEST_LINE) return escaped(shortened);
  return escaped(`${shortened.slice(0, LONGEST_LINE)} ... ${shortened.slice(-LONGEST_NAME)}`);
}

/** Without controls (with them line ends and the escapes of terminals), what turns the direction of text, halves of surrogate pairs. */
function escaped(text: string): string {
  // No literal: engines take a millisecond for these classes of characters as soon as they read one.
  // biome-ignore lint/complexity/useRegexLiterals: as above
  return text.replace(new RegExp('[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]', 'gu'), (character) => {
    const code = character.codePointAt(0)!;
    return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  const said = (thrown as Error | undefined)?.message ?? thrown;
  return typeof said === 'string' ? said : shown(said);
}

/** `value` as a caller would write it, in short: nothing of its own is called. */
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
