// Text of unknown origin (names in files, values of callers) as terminals, logs and pages may show it.

/** Most characters of a name. */
const LONGEST_NAME = 200;

/** Most characters of a line of an error. */
const LONGEST_LINE = 4000;

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
