// The digits that the examples are tried on, with what PyTorch reads in them.

import { readFileSync } from 'node:fs';

const folder = new URL('../../examples/digits/', import.meta.url);

/** File and prediction of each digit. */
export const digits = Object.entries(
  JSON.parse(readFileSync(new URL('labels.json', folder), 'utf8')) as Record<string, { predicted: number }>,
).map(([name, { predicted }]) => ({ name, file: new URL(name, folder), predicted }));
