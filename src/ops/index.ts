// The registry: every operator by name.

import { cast } from './cast.js';
import { compare } from './compare.js';
import { concat } from './concat.js';
import { constantOfShape } from './constantOfShape.js';
import { expand } from './expand.js';
import { gather } from './gather.js';
import { identity } from './identity.js';
import { logical } from './logical.js';
import type { Operator } from './operator.js';
import { pad } from './pad.js';
import { range } from './range.js';
import { flatten, reshape, squeeze, unsqueeze } from './reshape.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { split } from './split.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { where } from './where.js';

export const operators: Record<string, Operator> = {
  cast,
  compare,
  concat,
  constantOfShape,
  expand,
  flatten,
  gather,
  identity,
  logical,
  pad,
  range,
  reshape,
  shape,
  size,
  slice,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
  where,
};
