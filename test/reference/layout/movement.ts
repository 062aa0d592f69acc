// Operators that move elements, each told by where an element of the result comes from.

import { type Elements, elementAt, fromIndices } from '../elements.js';

/** Axis i of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Elements, permutation: readonly number[]): Elements {
  return fromIndices(
    permutation.map((axis) => x.shape[axis]),
    (index) =>
      elementAt(
        x,
        x.shape.map((_, axis) => index[permutation.indexOf(axis)]),
      ),
  );
}

/** From `starts`, `extents` elements, `steps` apart, of each axis. */
export function slice(
  x: Elements,
  starts: readonly number[],
  extents: readonly number[],
  steps: readonly number[],
): Elements {
  return fromIndices(extents, (index) =>
    elementAt(
      x,
      index.map((at, axis) => starts[axis] + at * steps[axis]),
    ),
  );
}

/** `x` with `value` around it: before each axis, then after each axis; negative amounts cut. */
export function pad(x: Elements, padding: readonly number[], value: number): Elements {
  const rank = x.shape.length;
  return fromIndices(
    x.shape.map((extent, axis) => extent + padding[axis] + padding[axis + rank]),
    (index) => {
      const from = index.map((at, axis) => at - padding[axis]);
      return from.every((at, axis) => at >= 0 && at < x.shape[axis]) ? elementAt(x, from) : value;
    },
  );
}

/** Tensors one behind the other along `axis`. */
export function concat(parts: readonly Elements[], axis: number): Elements {
  const extent = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  return fromIndices(
    parts[0].shape.map((own, i) => (i === axis ? extent : own)),
    (index) => {
      let at = index[axis];
      let part = 0;
      while (at >= parts[part].shape[axis]) at -= parts[part++].shape[axis];
      return elementAt(
        parts[part],
        index.map((own, i) => (i === axis ? at : own)),
      );
    },
  );
}
