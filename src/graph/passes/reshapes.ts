// How a reshape of a transposed value is a transpose of a reshaped one: where it cuts or joins axes that lie next to each
// other before the transpose too, as those of a channel shuffle do.

import { invertPermutation, permuteShape } from '../../shape.js';

/** Axes of a reshape's input and of its result that hold the same elements in the same order. */
interface Group {
  readonly from: number[];
  readonly to: number[];
}

/** The least groups of axes that `from` and `to`, shapes of one size without zeros, have in common. */
function groupsOf(from: readonly number[], to: readonly number[]): Group[] {
  const groups: Group[] = [];
  for (let [i, j] = [0, 0]; i < from.length || j < to.length; ) {
    const group: Group = { from: [], to: [] };
    let [a, b] = [1, 1];
    // One axis of each first, so that axes of one element meet their likes.
    for (let first = true; first || a !== b; first = false) {
      const [short, long] = [a < b, a > b];
      if (!long && i < from.length) {
        a *= from[i];
        group.from.push(i++);
      }
      if (!short && j < to.length) {
        b *= to[j];
        group.to.push(j++);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** A reshape among transposes; see `reshapeBefore`. */
interface Reshaping {
  /** How axes that belong together are reordered first; absent where they stay. */
  readonly within?: readonly number[];
  readonly shape: readonly number[];
  readonly permutation: readonly number[];
}

/**
 * How `reshape(transpose(x, permutation), to)` is `transpose(reshape(transpose(x, within), shape), ..)`, where the first
 * transpose keeps together what the reshape cuts or joins and the last one changes the layout.
 * @param from shape of the transposed value
 * @returns undefined where it isn't
 */
export function reshapeBefore(
  from: readonly number[],
  to: readonly number[],
  permutation: readonly number[],
): Reshaping | undefined {
  if (from.includes(0)) return undefined;
  const groups = groupsOf(from, to).map((group) => {
    const long = group.from.filter((axis) => from[axis] !== 1).map((axis) => permutation[axis]);
    // Groups of one element fit anywhere.
    const [first, last] = long.length > 0 ? [Math.min(...long), Math.max(...long)] : [-1, -1];
    return { ...group, long, first, last };
  });
  groups.sort((a, b) => a.first - b.first);
  if (!groups.every((group, i) => i === 0 || group.first < 0 || groups[i - 1].last < group.first)) return undefined;
  const long = groups.flatMap((group) => group.long);
  const stays = long.every((axis, i) => i === 0 || long[i - 1] < axis);
  const within = groups.flatMap((group) => group.from.map((axis) => permutation[axis]));
  const order = groups.flatMap((group) => group.to);
  return {
    ...(!stays && { within }),
    shape: permuteShape(to, order),
    permutation: invertPermutation(order),
  };
}
