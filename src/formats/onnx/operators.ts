// The ONNX operators that quadlane imports, by name: each writes the nodes that do the same.

import type { Importer } from './context.js';
import { choosing } from './operators/choosing.js';
import { conditions } from './operators/conditions.js';
import { elementwise } from './operators/elementwise.js';
import { linear } from './operators/linear.js';
import { movement, rareMovement } from './operators/movement.js';
import { normalization } from './operators/normalization.js';
import { quantized } from './operators/quantized.js';
import { regions } from './operators/regions.js';
import { sampling } from './operators/sampling.js';
import { rareSpatial, spatial } from './operators/spatial.js';

/** Importers of the default domain's operators. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  [
    choosing,
    conditions,
    elementwise,
    linear,
    movement,
    normalization,
    quantized,
    rareMovement,
    rareSpatial,
    regions,
    sampling,
    spatial,
  ].flatMap((family) => Object.entries(family)),
);
