// Operators that few classifiers have, loaded when a model has one of them.

import { register } from '../../ops/registry/index.js';
import { rare } from '../../ops/registry/rare.js';

/** Adds them. */
export function addRare(): void {
  register(rare);
}
