// What moves, joins and cuts elements, and arithmetic of shapes: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { centerCropPad } from './centerCropPad.js';
import { concat } from './concat.js';
import { constantOfShape } from './constantOfShape.js';
import { depthToSpace, spaceToDepth } from './depthToSpace.js';
import { expand } from './expand.js';
import { pad } from './pad.js';
import { range } from './range.js';
import { flatten, reshape, squeeze, unsqueeze } from './reshape.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { split } from './split.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';

export const operators: Operators = {
  centerCropPad,
  concat,
  constantOfShape,
  depthToSpace,
  expand,
  flatten,
  pad,
  range,
  reshape,
  shape,
  size,
  slice,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
};
