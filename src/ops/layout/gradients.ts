// Gradients of what moves elements: they move back, zeros where nothing was taken, sums where an element was repeated.

import { invertPermutation, normalizeAxis } from '../../shape.js';
import type { Differentiation, GradientRule } from '../gradientRule.js';
import { reshaped, sumTo, zeros } from '../lowering/gradientShapes.js';
import { padRuns } from './pad.js';

/** The same elements in another shape. */
export const reshape: GradientRule = (build) => [reshaped(build, build.gradient(), build.type(build.inputs[0]).shape)];

export const transpose: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => {
  const { shape } = type(input);
  const given = attributes.permutation as readonly number[] | undefined;
  const permutation = given ? invertPermutation(given) : [...shape.keys()].reverse();
  return [apply('transpose', [gradient()], { permutation })];
};

export const expand: GradientRule = (build) => [sumTo(build, build.gradient(), build.type(build.inputs[0]).shape)];

export const tile: GradientRule = (build) => {
  const { shape } = build.type(build.inputs[0]);
  const repeats = build.attributes.repeats as readonly number[];
  const apart = reshaped(
    build,
    build.gradient(),
    shape.flatMap((extent, axis) => [repeats[axis], extent]),
  );
  const axes = repeats.map((_, axis) => 2 * axis);
  return [build.apply('reduce', [apart], { reduction: 'sum', axes, keepDims: false })];
};

export const concat: GradientRule = ({ type, apply, wants, inputs, attributes, gradient }) => {
  const axis = normalizeAxis(attributes.axis as number, type(inputs[0]).shape.length);
  let start = 0;
  return inputs.map((input, index) => {
    const from = start;
    start += type(input).shape[axis];
    if (!wants(index)) return undefined;
    return apply('slice', [gradient()], { starts: [from], ends: [start], axes: [axis] });
  });
};

export const split: GradientRule = ({ apply, attributes, outputs, gradient }) => [
  apply(
    'concat',
    outputs.map((_, index) => gradient(index)),
    { axis: attributes.axis ?? 0 },
  ),
];

export const slice: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => [
  apply('sliceGradient', [gradient()], { ...attributes, shape: type(input).shape }),
];

export const pad: GradientRule = (build) => {
  const { shape } = build.type(build.inputs[0]);
  const { mode = 'constant', padding = [] } = build.attributes as { mode?: string; padding?: readonly number[] };
  if (mode === 'constant') {
    return [build.apply('pad', [build.gradient()], { padding: padding.map((amount) => -amount) })];
  }
  const rank = shape.length;
  return [
    shape.reduce(
      (gradient, _, axis) => unpadded(build, gradient, mode, shape, axis, padding[axis], padding[axis + rank]),
      build.gradient(),
    ),
  ];
};

/** Adds up, along one axis, what each run of a padding took from the input. */
function unpadded(
  build: Differentiation,
  gradient: string,
  mode: string,
  shape: readonly number[],
  axis: number,
  before: number,
  after: number,
): string {
  const extent = shape[axis];
  if (before === 0 && after === 0) return gradient;
  const parts = padRuns(mode, extent, before, after).map(({ at, source, step, count }) => {
    let part = build.apply('slice', [gradient], { starts: [at], ends: [at + count], axes: [axis] });
    if (step === 0) part = build.apply('reduce', [part], { reduction: 'sum', axes: [axis], keepDims: true });
    const first = step < 0 ? source - count + 1 : source;
    if (step < 0) {
      const all = -Number.MAX_SAFE_INTEGER;
      part = build.apply('slice', [part], { starts: [count - 1], ends: [all], axes: [axis], steps: [-1] });
    }
    const length = step === 0 ? 1 : count;
    const padding = new Array<number>(2 * shape.length).fill(0);
    padding[axis] = first;
    padding[axis + shape.length] = extent - first - length;
    return build.apply('pad', [part], { padding });
  });
  return parts.reduce((sum, part) => build.binary('add', sum, part));
}

export const depthToSpace: GradientRule = ({ apply, attributes, gradient }) => [
  apply('spaceToDepth', [gradient()], attributes),
];

export const spaceToDepth: GradientRule = ({ apply, attributes, gradient }) => [
  apply('depthToSpace', [gradient()], attributes),
];

export const gather: GradientRule = ({ type, apply, inputs: [input, indices], attributes, gradient }) => [
  apply('gatherGradient', [gradient(), indices], { ...attributes, shape: type(input).shape }),
];

/** Each taken element is added where it came from. */
export const gatherElements: GradientRule = (build) => {
  const [input, indices] = build.inputs;
  const target = zeros(build, build.type(input).shape);
  return [
    build.apply('scatterElements', [target, indices, build.gradient()], {
      axis: build.attributes.axis ?? 0,
      reduction: 'add',
    }),
  ];
};
