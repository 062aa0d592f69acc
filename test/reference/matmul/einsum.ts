// Einstein's sums as they are defined, with float64 sums: every assignment of places to letters adds one product.

/** An operand: its elements in row-major order, its shape, and a letter for each axis. */
export interface EinsumOperand {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly letters: string;
}

/** The sums, in the order of `result`'s letters, and the sums of the products' sizes. Axes of one element broadcast. */
export function einsum(operands: readonly EinsumOperand[], result: string) {
  const extents = new Map<string, number>();
  for (const { shape, letters } of operands)
    for (let axis = 0; axis < shape.length; axis++)
      if ((extents.get(letters[axis]) ?? 1) === 1) extents.set(letters[axis], shape[axis]);
  const inner = [...extents.keys()].filter((letter) => !result.includes(letter));
  const shape = [...result].map((letter) => extents.get(letter)!);
  const values: number[] = [];
  const magnitude: number[] = [];
  eachPlace([...result], extents, new Map(), (outer) => {
    let [sum, sizes] = [0, 0];
    eachPlace(inner, extents, outer, (places) => {
      let term = 1;
      for (const { data, shape, letters } of operands) {
        let at = 0;
        for (let axis = 0; axis < shape.length; axis++)
          at = at * shape[axis] + (shape[axis] === 1 ? 0 : places.get(letters[axis])!);
        term *= data[at];
      }
      sum += term;
      sizes += Math.abs(term);
    });
    values.push(sum);
    magnitude.push(sizes);
  });
  return { shape, values, magnitude };
}

function eachPlace(
  letters: readonly string[],
  extents: ReadonlyMap<string, number>,
  known: ReadonlyMap<string, number>,
  visit: (places: ReadonlyMap<string, number>) => void,
): void {
  if (letters.length === 0) {
    visit(known);
    return;
  }
  const [first, ...rest] = letters;
  for (let place = 0; place < extents.get(first)!; place++)
    eachPlace(rest, extents, new Map(known).set(first, place), visit);
}
