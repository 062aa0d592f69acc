// How many axes a value has, as far as the nodes tell without anybody's sizes; and the length of lists, because a list
// read as a shape decides a rank. Not shape inference: that needs the sizes, which each run may decide.

import type { Node } from '../../graph/graph.js';

/** One entry an axis; undefined for a size that isn't known. */
export type PartialShape = readonly (number | undefined)[];

type Shapes = readonly (PartialShape | undefined)[];
type Rule = (inputs: Shapes, node: Node) => PartialShape | undefined;

/** Highest rank that is kept track of. */
export const HIGHEST_RANK = 64;

const ofRank = (rank = -1): PartialShape | undefined =>
  rank >= 0 && rank <= HIGHEST_RANK ? new Array<undefined>(rank).fill(undefined) : undefined;

const listLength = (list: unknown, input: PartialShape | undefined): number | undefined =>
  Array.isArray(list) ? list.length : input?.length === 1 ? input[0] : undefined;

/** Of the highest rank; undefined where one input's rank is. Axes that agree keep their size. */
const broadcast: Rule = (inputs, node) => {
  const present = inputs.filter((_, i) => node.inputs[i]);
  if (present.length === 0 || present.some((shape) => shape === undefined)) return undefined;
  const longest = Math.max(...present.map((shape) => shape!.length));
  return Array.from({ length: longest }, (_, axis) => {
    const sizes = present.map((shape) => {
      const own = axis - longest + shape!.length;
      return own < 0 ? 1 : shape![own];
    });
    return sizes.every((size) => size === sizes[0]) ? sizes[0] : undefined;
  });
};

const sameRank: Rule = ([input]) => ofRank(input?.length);

const concat: Rule = (inputs) => {
  const rank = inputs.find((shape) => shape)?.length;
  if (rank !== 1) return ofRank(rank);
  const total = inputs.reduce<number | undefined>(
    (sum, shape) => (sum === undefined || shape?.[0] === undefined ? undefined : sum + shape[0]),
    0,
  );
  return [total];
};

const reduce: Rule = ([input, axesInput], { attributes: { axes, keepDims = true, noopWithEmptyAxes } }) => {
  if (!input || keepDims) return ofRank(input?.length);
  if (Array.isArray(axes)) return ofRank(input.length - axes.length);
  const count = axesInput ? axesInput[0] : input.length;
  return ofRank(count === undefined ? undefined : input.length - (count || noopWithEmptyAxes ? count : input.length));
};

const argument: Rule = ([input], { attributes }) => ofRank(input && input.length - (attributes.keepDims ? 0 : 1));

const product: Rule = ([a, b]) => {
  if (!a || !b) return undefined;
  return ofRank(Math.max(a.length, b.length, 2) - (a.length === 1 ? 1 : 0) - (b.length === 1 ? 1 : 0));
};

const rules: Record<string, Rule> = {
  reshape: ([, shapeInput], { attributes: { shape } }) =>
    Array.isArray(shape)
      ? shape.map((extent: number) => (extent > 0 ? extent : undefined))
      : ofRank(listLength(undefined, shapeInput)),
  expand: ([input, shapeInput], { attributes }) => {
    const length = listLength(attributes.shape, shapeInput);
    return ofRank(input && length !== undefined ? Math.max(input.length, length) : undefined);
  },
  constantOfShape: ([shapeInput]) => ofRank(listLength(undefined, shapeInput)),
  flatten: () => ofRank(2),
  range: () => ofRank(1),
  size: () => [],
  shape: ([input], { attributes }) => [
    input && attributes.start === undefined && attributes.end === undefined ? input.length : undefined,
  ],
  squeeze: ([input, axesInput], { inputs, attributes }) => {
    if (!attributes.axes && !inputs[1]) {
      return input?.includes(undefined) ? undefined : input?.filter((size) => size !== 1);
    }
    const count = listLength(attributes.axes, axesInput);
    return ofRank(input && count !== undefined ? input.length - count : undefined);
  },
  unsqueeze: ([input, axesInput], { attributes }) => {
    const count = listLength(attributes.axes, axesInput);
    if (input?.length === 0 && count === 1) return [1];
    return ofRank(input && count !== undefined ? input.length + count : undefined);
  },
  transpose: ([input], { attributes: { permutation } }) =>
    Array.isArray(permutation) ? permutation.map((axis: number) => input?.[axis]) : ofRank(input?.length),
  gather: ([input, indices], { attributes }) => {
    if (!input || !indices) return undefined;
    return input.length === 1 && attributes.axis === 0 ? indices : ofRank(input.length + indices.length - 1);
  },
  matmul: product,
  matmulInteger: product,
  concat,
  reduce,
  argMax: argument,
  argMin: argument,
  gatherElements: ([, indices]) => ofRank(indices?.length),
  gatherNd: ([data, indices], { attributes }) => {
    const length = indices?.at(-1);
    if (!data || !indices || length === undefined) return undefined;
    return ofRank(indices.length - 1 + data.length - Number(attributes.batchDims) - length);
  },
  nonMaxSuppression: () => ofRank(2),
  oneHot: ([indices]) => ofRank(indices && indices.length + 1),
  binary: broadcast,
  compare: broadcast,
  logical: broadcast,
  where: broadcast,
  identity: ([input]) => input,
  cast: ([input]) => input,
  convInteger: ([x, w]) => ofRank(x?.length ?? w?.length),
  conv: ([x, w]) => ofRank(x?.length ?? w?.length),
  convTranspose: ([x, w]) => ofRank(x?.length ?? w?.length),
};

/** What is known of the shapes of a node's outputs; all outputs of one node have the same rank. */
export function inferPartialShapes(node: Node, inputs: Shapes): (PartialShape | undefined)[] {
  const shape = (rules[node.op] ?? sameRank)(inputs, node);
  return node.outputs.map(() => shape);
}
