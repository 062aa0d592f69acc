// What is wrong with a command line.

import { printableLine } from '../printable.js';

/** Thrown for commands and files that the user gave wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(printableLine(message));
  }
}

/** `name=value` as its two parts. */
export function pair(option: string, text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`--${option} takes name=value, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}
