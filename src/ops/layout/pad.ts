// Adds elements around a tensor, or, where padding is negative, takes some away. All modes are strided copies: an edge
// is a copy with stride 0, a reflection one with a negative stride.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, permuteShape } from '../../shape.js';
import { entryOf } from '../lowering/entries.js';
import { sameRank } from '../lowering/partialShapes.js';
import { narrow } from '../lowering/subviews.js';
import { numbersOf, requireElement } from '../lowering/values.js';
import type { Attributes, Differentiation, GradientRule, Operator, View } from '../operator.js';
import { type Mover, movement } from './movement.js';

export interface PadAttributes extends Attributes {
  /** constant, edge, reflect (the edge not repeated) or wrap. */
  readonly mode?: string;
  /** Elements added before each axis, then after each axis. */
  readonly padding?: readonly number[];
  /** What to pad with in mode constant. */
  readonly value?: number;
}

/** Which input element of an axis of `extent` is at `place`, where the input starts at 0. */
const sources: Record<string, (place: number, extent: number) => number> = {
  edge: (place, extent) => Math.min(extent - 1, Math.max(0, place)),
  wrap: (place, extent) => ((place % extent) + extent) % extent,
  reflect(place, extent) {
    if (extent === 1) return 0;
    const period = 2 * (extent - 1);
    const within = ((place % period) + period) % period;
    return within < extent ? within : period - within;
  },
};

/** Copies that one padding may become. */
const MOST_COPIES = 65_536;

const tooManyCopies = () =>
  new QuadlaneError('UNSUPPORTED', `padding takes more than ${MOST_COPIES} copies: pad by less, or in mode constant`);

/** Neighbouring elements of the output that come from the input in even steps. */
export interface Run {
  readonly at: number;
  readonly source: number;
  readonly step: number;
  readonly count: number;
}

/** The runs that make up an axis of `extent` with `before` and `after` more. */
export function padRuns(mode: string, extent: number, before: number, after: number): Run[] {
  const found: Run[] = [];
  const length = extent + before + after;
  const source = (at: number) => sources[mode](at - before, extent);
  for (let at = 0; at < length; ) {
    const step = at + 1 < length ? source(at + 1) - source(at) : 1;
    // What doesn't follow evenly is behind all that does.
    let [count, most] = [1, Math.abs(step) < 2 ? length - at : 1];
    while (count < most) {
      const middle = Math.ceil((count + most) / 2);
      if (source(at + middle - 1) === source(at) + step * (middle - 1)) count = middle;
      else most = middle - 1;
    }
    if (found.length === MOST_COPIES) throw tooManyCopies();
    found.push({ at, source: source(at), step: count > 1 ? step : 1, count });
    at += count;
  }
  return found;
}

function padByCopies(mover: Mover, mode: string, input: View, output: View, padding: readonly number[]): void {
  const runs = input.shape.map((extent, axis) =>
    padRuns(mode, extent, padding[axis], padding[axis + input.shape.length]),
  );
  if (runs.reduce((copies, { length }) => copies * length, 1) > MOST_COPIES) throw tooManyCopies();
  copyRuns(mover, runs, input, output);
}

/** The padded output from `axis` on; `from` and `to` are narrowed to what earlier axes have in common. */
function copyRuns(mover: Mover, runs: readonly Run[][], from: View, to: View, axis = 0): void {
  if (axis === runs.length) {
    mover.copy(from, to);
    return;
  }
  for (const { at, source, step, count } of runs[axis]) {
    copyRuns(mover, runs, narrow(from, axis, source, count, step), narrow(to, axis, at, count), axis + 1);
  }
}

function padByConstant(mover: Mover, input: View, output: View, padding: readonly number[], value: number): void {
  const rank = padding.length / 2;
  let [from, to] = [input, output];
  for (let axis = 0; axis < rank; axis++) {
    const [before, after] = [padding[axis], padding[axis + rank]];
    const extent = to.shape[axis];
    if (before > 0) mover.fill(narrow(to, axis, 0, Math.min(before, extent)), value);
    if (after > 0) mover.fill(narrow(to, axis, Math.max(0, extent - after), Math.min(after, extent)), value);
    const inner = Math.max(0, extent - Math.max(0, before) - Math.max(0, after));
    from = narrow(from, axis, Math.max(0, -before), inner);
    to = narrow(to, axis, Math.max(0, before), inner);
  }
  mover.copy(from, to);
}

const padGradient: GradientRule = (build) => {
  const { shape } = build.type(build.inputs[0]);
  const { mode = 'constant', padding = [] } = build.attributes as { mode?: string; padding?: readonly number[] };
  if (mode === 'constant') {
    return [build.apply('pad', [build.gradient()], { padding: padding.map((amount) => -amount) })];
  }
  const rank = shape.length;
  return [
    shape.reduce(
      (gradient, _, axis) =>
        unpadded(build, gradient, { mode, shape, axis, before: padding[axis], after: padding[axis + rank] }),
      build.gradient(),
    ),
  ];
};

/** How an axis of `shape` was padded. */
interface PaddedAxis {
  readonly mode: string;
  readonly shape: readonly number[];
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

/** Adds up, along one axis, what each run of a padding took from the input. */
function unpadded(build: Differentiation, gradient: string, { mode, shape, axis, before, after }: PaddedAxis): string {
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

export const pad: Operator<PadAttributes> = {
  name: 'pad',
  needs: 2,
  isIdentity: ({ padding = [] }) => padding.every((amount) => amount === 0),
  partialShapes: sameRank,
  gradient: padGradient,
  shapeInputs: [1, 2, 3],

  bake({ mode }, [, padding, value, axes], [input]) {
    const rank = input!.shape.length;
    const listed = numbersOf(padding!);
    const all = axes ? numbersOf(axes) : input!.shape.map((_, axis) => axis);
    const whole = new Array<number>(2 * rank).fill(0);
    all.forEach((listedAxis, i) => {
      const axis = normalizeAxis(listedAxis, rank);
      whole[axis] = listed[i];
      whole[axis + rank] = listed[i + all.length];
    });
    if (listed.length !== 2 * all.length) {
      throw new QuadlaneError('SHAPE', `${all.length} axes take ${2 * all.length} paddings, not ${listed.length}`);
    }
    return { mode, padding: whole, value: value?.size ? numbersOf(value)[0] : 0 };
  },

  infer([input], { mode = 'constant', padding = [], value = 0 }) {
    const { dtype, shape } = input!;
    const rank = shape.length;
    if (padding.length !== 2 * rank) {
      throw new QuadlaneError('SHAPE', `a tensor of rank ${rank} takes ${2 * rank} paddings, not ${padding.length}`);
    }
    if (mode !== 'constant') entryOf(sources, mode, 'padding mode besides constant');
    const padded = shape.map((extent, axis) => extent + padding[axis] + padding[axis + rank]);
    const empty = mode !== 'constant' && shape.some((extent, axis) => extent === 0 && padded[axis] > 0);
    if (empty || padded.some((extent) => extent < 0) || !padding.every(Number.isInteger)) {
      throw new QuadlaneError('SHAPE', `${formatShape(shape)} can't be padded (${mode}) by ${formatShape(padding)}`);
    }
    requireElement(dtype, value);
    return [{ dtype, shape: padded }];
  },

  permute(attributes, permutation) {
    const padding = attributes.padding ?? [];
    const rank = padding.length / 2;
    const [before, after] = [padding.slice(0, rank), padding.slice(rank)];
    return { ...attributes, padding: [...permuteShape(before, permutation), ...permuteShape(after, permutation)] };
  },

  inside(padded, [input], { padding = [] }) {
    if (padding.some((amount) => amount < 0)) return [];
    return [input!.shape.reduce((view, extent, axis) => narrow(view, axis, padding[axis], extent), padded)];
  },

  ...movement<PadAttributes>((mover, [input], output, { mode = 'constant', padding = [], value = 0 }) => {
    if (mode === 'constant') padByConstant(mover, input, output(0)!, padding, value);
    else padByCopies(mover, mode, input, output(0)!, padding);
  }),
  takesBits: (index) => index === 0 || index === 2,
};
