// ONNX operators that few classifiers have, loaded when a model has one of them.

import { register } from '../../ops/registry/index.js';
import { rare } from '../../ops/registry/rare.js';
import type { Importer } from './context.js';
import { choosing } from './operators/choosing.js';
import { conditions } from './operators/conditions.js';
import { rareMovement } from './operators/movement.js';
import { normalization } from './operators/normalization.js';
import { quantized } from './operators/quantized.js';
import { regions } from './operators/regions.js';
import { sampling } from './operators/sampling.js';
import { rareSpatial } from './operators/spatial.js';
import { importers } from './operators.js';

const rareImporters: Record<string, Importer> = {
  ...choosing,
  ...conditions,
  ...normalization,
  ...quantized,
  ...rareMovement,
  ...rareSpatial,
  ...regions,
  ...sampling,
};

/** Adds the importers of rare operators, and what they import. */
export function addRare(): void {
  register(rare);
  for (const [name, importer] of Object.entries(rareImporters)) importers.set(name, importer);
}
