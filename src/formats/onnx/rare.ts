// ONNX operators that few networks have, loaded when a model has one of them.

import { register } from '../../ops/index.js';
import { rare } from '../../ops/rare.js';
import { choosing } from './operators/choosing.js';
import { quantized } from './operators/quantized.js';
import { regions } from './operators/regions.js';
import { importers } from './operators.js';

/** Adds the importers of rare operators, and what they import. */
export function addRare(): void {
  register(rare);
  for (const [name, importer] of Object.entries({ ...choosing, ...quantized, ...regions }))
    importers.set(name, importer);
}
