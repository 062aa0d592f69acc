// The operators that are defined by others.

import type { Control } from '../graph.js';
import { transformers } from './attention.js';
import { controlOf, type Definition, operatorsOf } from './definition.js';
import { losses } from './losses.js';
import { matrices } from './matrices.js';
import { spatial } from './spatial.js';
import { spectrum } from './spectrum.js';

export const definitions: Readonly<Record<string, Definition>> = {
  ...spectrum,
  ...matrices,
  ...spatial,
  ...losses,
  ...transformers,
};

export const definedControls: Readonly<Record<string, Control>> = /* @__PURE__ */ Object.fromEntries(
  /* @__PURE__ */ Object.entries(definitions).map(([name, definition]) => [name, controlOf(definition)]),
);

export const definedOperators = /* @__PURE__ */ operatorsOf(definitions);
