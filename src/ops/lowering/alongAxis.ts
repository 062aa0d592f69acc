// A tensor as the kernels see it that walk one axis: [outers, extent, inner].

import { normalizeAxis, sizeOf } from '../../shape.js';

/** Elements before, on and behind `axis` (negative ones count from the back). */
export function alongAxis(shape: readonly number[], axis: number) {
  const at = normalizeAxis(axis, shape.length);
  return { outers: sizeOf(shape.slice(0, at)), extent: shape[at], inner: sizeOf(shape.slice(at + 1)) };
}
