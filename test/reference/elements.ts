// Tensors as references see them, told by where an element comes from.

// Operators that move elements, each told by where an element of the result comes from.

/** A tensor as these functions take and give it. */
export interface Elements {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** The tensor of `shape` whose element at `index` is what `at` gives. */
export function fromIndices(shape: readonly number[], at: (index: readonly number[]) => number): Elements {
  const values: number[] = [];
  const visit = (index: readonly number[]): void => {
    if (index.length === shape.length) values.push(at(index));
    else for (let i = 0; i < shape[index.length]; i++) visit([...index, i]);
  };
  visit([]);
  return { shape, values };
}

/** The element at `index`. */
export function elementAt({ shape, values }: Elements, index: readonly number[]): number {
  let place = 0;
  for (let axis = 0; axis < shape.length; axis++) place = place * shape[axis] + index[axis];
  return values[place];
}
