// The ONNX operators that quadlane imports, by name: each writes the nodes that do the same.

import type { Importer } from './context.js';
import { elementwise } from './operators/elementwise.js';
import { linear } from './operators/linear.js';
import { movement } from './operators/movement.js';
import { spatial } from './operators/spatial.js';

/** Importers of the default domain's operators; rare ones join when a model has them (rare.ts). */
export const importers: Map<string, Importer> = new Map(
  [elementwise, linear, movement, spatial].flatMap((family) => Object.entries(family)),
);
