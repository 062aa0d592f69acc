// What is wrong with a command line.

import { availableParallelism } from 'node:os';
import { printableLine } from '../printable.js';

/** Thrown for commands and files that the user gave wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message.split('\n').map(printableLine).join('\n'));
  }
}

/** `name=value` as its two parts. */
export function pair(option: string, text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`--${option} takes name=value, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The number of threads that `text` is: more than there are processors only wait for each other, but for a second one. */
export function threadsIn(text: string): number {
  const most = Math.max(2, availableParallelism());
  const threads = Number(text);
  if (/^\d+$/.test(text) && threads >= 1 && threads <= most) return threads;
  throw new UsageError(`--threads takes a whole number from 1 to ${most} on this machine, not "${text}"`);
}

/** Tells the user something that is no result. */
export function note(text: string): void {
  console.error(`quadlane: ${text.split('\n').map(printableLine).join('\n')}`);
}
