// Names of classes: lists as files hold them, and how they meet what a network puts out.

import { QuadlaneError } from '../errors.js';
import { messageOf, printable, shown } from '../printable.js';

/** Names of classes in order, or by their numbers. */
export type Labels = readonly string[] | Readonly<Record<string, string>>;

/** Names of classes as a network counts them, and what was done to make them fit. */
export interface MatchedLabels {
  readonly names: readonly string[];
  readonly note?: string;
}

/**
 * The names in a text: a JSON list, a JSON object from numbers to names (or to lists whose last entry is the name, as Keras's
 * imagenet_class_index.json has it, or from names to numbers), or a line each.
 * @throws QuadlaneError `FORMAT` for JSON of another kind
 */
export function parseLabels(text: string): string[] {
  const plain = text.replace(/^\uFEFF/, '').trim();
  if (/^[[{]/.test(plain)) {
    let value: unknown;
    try {
      value = JSON.parse(plain);
    } catch (cause) {
      throw new QuadlaneError('FORMAT', `the labels begin as JSON does, but are none (${messageOf(cause)})`, { cause });
    }
    return namesIn(value);
  }
  const lines = plain === '' ? [] : plain.split(/\r?\n/).map((line) => line.trim());
  // Lines that each begin with their number.
  const numbered = lines.map((line) => /^(\d+)[\s:,]+(.+)$/.exec(line));
  const isNumbered = numbered.length > 0 && numbered.every((found, at) => found && Number(found[1]) === at);
  return isNumbered ? numbered.map((found) => found![2]) : lines;
}

/**
 * Names in order.
 * @throws QuadlaneError `FORMAT` for anything but lists of texts and maps between numbers and texts
 */
export function namesIn(value: unknown): string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value).map(([key, entry]): [unknown, unknown] => {
      const plain = Array.isArray(entry) ? entry.at(-1) : entry;
      return typeof plain === 'number' ? [plain, key] : [Number(key), plain];
    });
    const names: string[] = [];
    for (const [index, name] of entries) {
      const fits = Number.isInteger(index) && (index as number) >= 0 && (index as number) < entries.length;
      if (!fits || typeof name !== 'string' || names[index as number] !== undefined) break;
      names[index as number] = name;
    }
    if (entries.length > 0 && Object.keys(names).length === entries.length) return names;
  }
  throw new QuadlaneError(
    'FORMAT',
    `labels are a list of names, or a map from each number from 0 on to a name; got ${printable(shown(value))}`,
  );
}

/** What networks of ImageNet call class 0 of 1,001. */
const BACKGROUND = /^(background|dummy|none|__background__)$/i;

/**
 * Names for each of `classes`. A list that begins with a background class, which the network doesn't have, is taken from its
 * second name on.
 * @throws QuadlaneError `ARGUMENT` for any other count
 */
export function matchLabels(labels: readonly string[], classes: number): MatchedLabels {
  if (labels.length === classes) return { names: labels };
  if (labels.length === classes + 1 && BACKGROUND.test(labels[0])) {
    return {
      names: labels.slice(1),
      note: `the list of ${labels.length} labels begins with "${printable(labels[0])}", which the ${classes} classes of this model lack: its other labels are taken`,
    };
  }
  throw new QuadlaneError(
    'ARGUMENT',
    `the model tells ${classes} classes apart, but there are ${labels.length} labels: give the list that it was trained with`,
  );
}

/** Properties in which files name their classes. */
const properties = ['names', 'labels', 'classes', 'class_names', 'id2label'];

/**
 * The labels that a file's own properties name: JSON, a line each, separated by commas, or (Ultralytics) a dictionary as Python
 * writes it. Undefined where there are none.
 */
export function labelsOfProperties(said: Readonly<Record<string, string>>): string[] | undefined {
  for (const property of properties) {
    const text = Object.hasOwn(said, property) ? said[property].trim() : '';
    if (text === '') continue;
    try {
      return parseProperty(text);
    } catch (error) {
      // What isn't a list of names says something else under that name.
      if (!(error instanceof QuadlaneError)) throw error;
    }
  }
  return undefined;
}

function parseProperty(text: string): string[] {
  if (/^[[{]/.test(text)) {
    try {
      return namesIn(JSON.parse(text));
    } catch {
      return namesIn(fromPython(text));
    }
  }
  return text.includes('\n') ? parseLabels(text) : text.split(',').map((name) => name.trim());
}

/** A list or dictionary of texts as Python writes it. */
function fromPython(text: string): unknown {
  const string = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
  const entries = [...text.matchAll(new RegExp(String.raw`(?:(\d+)\s*:\s*)?(${string})`, 'g'))];
  const names = entries.map(({ 2: quoted }) => quoted.slice(1, -1).replace(/\\(.)/g, '$1'));
  if (text.startsWith('[')) return names;
  return Object.fromEntries(entries.map(({ 1: index }, at) => [index ?? 'none', names[at]]));
}
