// Operators that read or write where indices say; tensors are { shape, values }.

import { type Elements, elementAt, fromIndices } from '../elements.js';

const fromFront = (index: number, extent: number) => (index < 0 ? index + extent : index);

/** The element of `data` at the index's own place, but along `axis` where the index says. */
export function gatherElements(data: Elements, indices: Elements, axis: number): Elements {
  return fromIndices(indices.shape, (place) =>
    elementAt(data, place.with(axis, fromFront(elementAt(indices, place), data.shape[axis]))),
  );
}

/** The blocks of `data` that the tuples in the last axis of `indices` name. */
export function gatherNd(data: Elements, indices: Elements, batchDims: number): Elements {
  const tuples = indices.shape.slice(0, -1);
  const length = indices.shape.at(-1)!;
  return fromIndices([...tuples, ...data.shape.slice(batchDims + length)], (place) => {
    const tuple = place.slice(0, tuples.length);
    const named = tupleAt(indices, tuple, data.shape.slice(batchDims));
    return elementAt(data, [...place.slice(0, batchDims), ...named, ...place.slice(tuples.length)]);
  });
}

function tupleAt(indices: Elements, tuple: readonly number[], extents: readonly number[]): number[] {
  return Array.from({ length: indices.shape.at(-1)! }, (_, i) =>
    fromFront(elementAt(indices, [...tuple, i]), extents[i]),
  );
}

export const joins = {
  none: (_: number, update: number) => update,
  add: (value: number, update: number) => value + update,
  mul: (value: number, update: number) => value * update,
  max: Math.max,
  min: Math.min,
};
export type Join = keyof typeof joins;

/** `data` with every element of `updates` joined to the element of `data` that `target` gives for its place. */
function scatter(
  data: Elements,
  updates: Elements,
  join: Join,
  target: (place: readonly number[]) => number[],
): Elements {
  const values = [...data.values];
  fromIndices(updates.shape, (place) => {
    const at = target(place).reduce((sum, index, axis) => sum * data.shape[axis] + index, 0);
    values[at] = joins[join](values[at], elementAt(updates, place));
    return 0;
  });
  return { shape: data.shape, values };
}

export function scatterElements(
  data: Elements,
  indices: Elements,
  updates: Elements,
  axis: number,
  join: Join,
): Elements {
  return scatter(data, updates, join, (place) =>
    place.with(axis, fromFront(elementAt(indices, place), data.shape[axis])),
  );
}

export function scatterNd(data: Elements, indices: Elements, updates: Elements, join: Join): Elements {
  const tuples = indices.shape.length - 1;
  return scatter(data, updates, join, (place) => [
    ...tupleAt(indices, place.slice(0, tuples), data.shape),
    ...place.slice(tuples),
  ]);
}
