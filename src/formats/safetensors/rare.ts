// Operators that few classifiers have, loaded when a model has one of them.

import { register } from '../../ops/index.js';
import { rare } from '../../ops/rare.js';

/** Adds them. */
export function addRare(): void {
  register(rare);
}
