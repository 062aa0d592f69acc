// The README's code blocks in JavaScript, each under the heading before it.

import { readFileSync } from 'node:fs';

export const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

export interface Example {
  readonly title: string;
  readonly code: string;
}

export function examples(): Example[] {
  return [...readme.matchAll(/```js\n(.*?)```/gs)].map(({ 1: code, index }) => ({
    title: readme
      .slice(0, index)
      .match(/^#+ .*$/gm)!
      .at(-1)!
      .replace(/^#+ /, ''),
    code,
  }));
}
