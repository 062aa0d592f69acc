// The handwritten digits of examples/digits/: 28 x 28 grey pixels each, and what they show.

import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';

const folder = new URL('../digits/', import.meta.url);

/** Every digit with its file name, its pixels from 0 (black) to 1 (white), row by row, and its label. */
export function readDigits() {
  const labels = JSON.parse(readFileSync(new URL('labels.json', folder), 'utf8'));
  return Object.entries(labels).map(([name, { label }]) => {
    const { data } = decode(readFileSync(new URL(name, folder)));
    return { name, label, pixels: Float32Array.from(data, (value) => value / 255) };
  });
}
