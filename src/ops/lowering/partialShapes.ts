// Rules for what is known of shapes that operators share. Not shape inference: that needs the sizes, which each run may
// decide; but ranks, and the lengths of lists, because a list read as a shape decides a rank.

import type { NodeArity, PartialShape } from '../operator.js';

/** Highest rank that is kept track of. */
export const HIGHEST_RANK = 64;

/** A shape of which only the rank is known, if that is. */
export function ofRank(rank = -1): PartialShape | undefined {
  return rank >= 0 && rank <= HIGHEST_RANK ? new Array<undefined>(rank).fill(undefined) : undefined;
}

/** Entries in a list that is an attribute or, where it isn't, in the input of this shape. */
export function listLength(list: unknown, input: PartialShape | undefined): number | undefined {
  return Array.isArray(list) ? list.length : input?.length === 1 ? input[0] : undefined;
}

/** For operators of one output that has the rank of the first input, its sizes unknown. */
export function sameRank([input]: readonly (PartialShape | undefined)[]): [PartialShape | undefined] {
  return [ofRank(input?.length)];
}

/** For operators of one output that has the shape of the first input. */
export function sameShapeAs([input]: readonly (PartialShape | undefined)[]): [PartialShape | undefined] {
  return [input];
}

/** For operators whose inputs broadcast: of the highest rank; unknown where one input's is. Axes that agree keep their size. */
export function broadcastPartial(
  inputs: readonly (PartialShape | undefined)[],
  _attributes: unknown,
  { has }: NodeArity,
): [PartialShape | undefined] {
  const present = inputs.filter((_, index) => has(index));
  if (present.length === 0 || !present.every((shape) => shape !== undefined)) return [undefined];
  const longest = Math.max(...present.map((shape) => shape.length));
  return [
    Array.from({ length: longest }, (_, axis) => {
      const sizes = present.map((shape) => {
        const own = axis - longest + shape.length;
        return own < 0 ? 1 : shape[own];
      });
      return sizes.every((size) => size === sizes[0]) ? sizes[0] : undefined;
    }),
  ];
}

/** For convolutions: the rank of the input, or else that of the filters. */
export function rankOfEither([input, filters]: readonly (PartialShape | undefined)[]): [PartialShape | undefined] {
  return [ofRank(input?.length ?? filters?.length)];
}

/** For matrix products, whose vectors lose their axis. */
export function productRank([a, b]: readonly (PartialShape | undefined)[]): [PartialShape | undefined] {
  if (!a || !b) return [undefined];
  return [ofRank(Math.max(a.length, b.length, 2) - (a.length === 1 ? 1 : 0) - (b.length === 1 ? 1 : 0))];
}
