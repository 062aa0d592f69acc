// Changes the extents of axes by interpolation. What is nearest is moved; the rest is summed by f32_resample, two
// neighbouring axes in one step.

import { QuadlaneError } from '../../errors.js';
import { resampleScratch } from '../../layouts.generated.js';
import { formatShape, normalizeAxis, sizeOf } from '../../shape.js';
import { bytesPerElement, type Tensor } from '../../tensor.js';
import { entryOf } from '../lowering/entries.js';
import { sameRank } from '../lowering/partialShapes.js';
import { collapse, fill } from '../lowering/strided.js';
import { cut, narrow, repeat } from '../lowering/subviews.js';
import { numbersOf } from '../lowering/values.js';
import { bytesOf, denseView, isDense } from '../lowering/views.js';
import type { GradientRule, Lowering, Operator, View } from '../operator.js';
import { type Interpolation, type Ratio, type ResizedAxis, type Taps, tapsOf } from './resample.js';

export interface ResizeAttributes extends Interpolation {
  /** Axes that the lists below speak of; all when absent. */
  readonly axes?: readonly number[];
  /** Factors of the extents; these or `sizes`. */
  readonly scales?: readonly number[];
  readonly sizes?: readonly number[];
  /** With `sizes`: stretch, or one factor for all axes with which none is larger (not_larger) or smaller (not_smaller). */
  readonly aspectRatio?: string;
  /** Starts, then ends, of the part that tf_crop_and_resize takes, in units of the extents. */
  readonly region?: readonly number[];
  /** What tf_crop_and_resize gives outside the input. */
  readonly extrapolation?: number;
}

/** The axes that the lists speak of, with their new sizes. */
export function resizedAxes(shape: readonly number[], attributes: ResizeAttributes): ResizedAxis[] {
  const { scales, region, aspectRatio = 'stretch' } = attributes;
  const sizes = scales ? undefined : attributes.sizes;
  const axes = (attributes.axes ?? shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, shape.length));
  const list = scales ?? sizes;
  const positive = (value: number) => Number.isFinite(value) && value > 0;
  const fits =
    list?.length === axes.length && list.every(scales ? positive : (value) => Number.isInteger(value) && value >= 0);
  if (!fits || new Set(axes).size !== axes.length || (region && region.length !== 2 * axes.length)) {
    throw new QuadlaneError(
      'SHAPE',
      `resizing axes ${formatShape(axes)} of ${formatShape(shape)} takes as many scales or sizes, not ${formatShape(list ?? [])}`,
    );
  }
  const choose = entryOf(policies, aspectRatio, 'aspect ratio policy');
  const ratios = sizes?.map((size, i): Ratio => (shape[axes[i]] === 0 ? [1, 1] : [size, shape[axes[i]]]));
  const kept = ratios && choose?.(ratios);
  return axes.map((axis, i) => {
    const extent = shape[axis];
    const [start, end] = [region?.[i] ?? 0, region?.[i + axes.length] ?? 1];
    // Files hold float32 scales, meant for float32 extents: 10 * 0.7 is 7.
    if (scales)
      return { axis, extent, size: Math.floor(Math.fround(extent * scales[i])), scale: scales[i], start, end };
    const ratio = kept ?? ratios![i];
    const [to, from] = ratio;
    const size = kept ? Math.floor((2 * to * extent + from) / (2 * from)) : sizes![i];
    return { axis, extent, size, scale: to / from, ratio, start, end };
  });
}

/** Of the ratios for the axes the one for all; absent where each axis has its own. */
const policies: Record<string, ((ratios: readonly Ratio[]) => Ratio | undefined) | undefined> = {
  stretch: undefined,
  not_larger: (ratios) => [...ratios].sort(byRatio)[0],
  not_smaller: (ratios) => [...ratios].sort(byRatio).at(-1),
};

const byRatio = ([a, b]: Ratio, [c, d]: Ratio) => a * d - c * b;

const resizeGradient: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => [
  apply('resizeGradient', [gradient()], { ...attributes, shape: type(input).shape }),
];

export const resize: Operator<ResizeAttributes> = {
  name: 'resize',
  partialShapes: sameRank,
  gradient: resizeGradient,

  windows([input], attributes) {
    const { shape } = input!;
    const kernel = { nearest: 1, linear: 2, cubic: 4 }[attributes.mode ?? 'nearest'] ?? 1;
    const scales = shape.map(() => 1);
    for (const { axis, extent, size } of resizedAxes(shape, attributes)) scales[axis] = extent / size;
    const strides = scales.slice(1, -1);
    const kernelShape = strides.map((stride) => (stride === 1 ? 1 : kernel));
    return { kernelShape, strides, dilations: strides.map(() => 1), padding: strides.flatMap(() => [0, 0]) };
  },

  shapeInputs: [1, 2, 3],

  bake(attributes, [, region, scales, sizes]) {
    const list = (tensor: Tensor | undefined) => (tensor?.size ? numbersOf(tensor) : undefined);
    return {
      ...attributes,
      region: list(region) ?? attributes.region,
      scales: list(scales) ?? attributes.scales,
      sizes: list(sizes) ?? attributes.sizes,
    };
  },

  infer([input], attributes) {
    const shape = [...input!.shape];
    for (const { axis, extent, size } of resizedAxes(input!.shape, attributes)) {
      shape[axis] = size;
      if (extent === 0 && size > 0)
        throw new QuadlaneError('SHAPE', `axis ${axis} has no elements to resize to ${size}`);
    }
    sizeOf(shape);
    return [{ dtype: input!.dtype, shape }];
  },

  permute(attributes, permutation) {
    const axes = attributes.axes ?? permutation.map((_, axis) => axis);
    return { ...attributes, axes: axes.map((axis) => permutation.indexOf(normalizeAxis(axis, permutation.length))) };
  },

  lower(lowering, attributes) {
    const resized = resizedAxes(lowering.type(0).shape, attributes).sort((a, b) => a.axis - b.axis);
    const tables = resized.map((axis) => ({ ...axis, ...tapsOf(axis, attributes) }));
    const output = lowering.output();
    if (output.shape.includes(0)) return;
    const changed = tables.filter((table) => !isIdentity(table));
    const moves = changed.every(({ taps }) => taps === 1);
    if (!moves && output.dtype !== 'float32') {
      throw new QuadlaneError('UNSUPPORTED', `${attributes.mode} resize runs on float32, not ${output.dtype}`);
    }
    const target = (moves ? moveNearest : interpolate)(lowering, changed);
    if (attributes.coordinates !== 'tf_crop_and_resize') return;
    for (const { axis, outside } of tables) {
      for (let i = 0, count = 0; i < outside.length; i += count) {
        for (count = 1; outside[i + count] === outside[i] + count; count++);
        fill(lowering.step, lowering.table, narrow(target, axis, outside[i], count), attributes.extrapolation ?? 0);
      }
    }
  },
};

/** An axis and the taps of each of its new elements. */
export type ResizedBy = ResizedAxis & Taps;

/** Whether every element is its own only tap. */
export function isIdentity({ extent, size, taps, indices, weights }: ResizedBy): boolean {
  if (extent !== size) return false;
  return weights.every((weight, at) => weight === 0 || (weight === 1 && indices[at] === Math.floor(at / taps)));
}

/** Takes the nearest elements; returns the view that it wrote. */
function moveNearest(lowering: Lowering, axes: readonly ResizedBy[]): View {
  let [from, to] = [lowering.input(0), lowering.output()];
  const target = to;
  // From the last axis to the first, because repeated elements become an axis of their own behind theirs.
  const even = [...axes].reverse().every(({ axis, extent, size, indices }) => {
    const [first, step] = [indices[0], (indices[1] ?? 0) - indices[0]];
    const times = size / extent;
    if (indices.every((index, at) => index === first + at * step)) {
      from = narrow(from, axis, first, size, step);
    } else if (Number.isInteger(times) && indices.every((index, at) => index === Math.floor(at / times))) {
      from = repeat(from, axis + 1, times);
      to = cut(to, axis, extent);
    } else {
      return false;
    }
    return true;
  });
  if (even) {
    lowering.copy(to.shape, from, to);
    return target;
  }
  let source = lowering.dense(0);
  const result = lowering.denseOutput();
  [...axes].reverse().forEach(({ axis, extent, size, indices }, done) => {
    const type = { dtype: source.dtype, shape: source.shape.with(axis, size) };
    const next = done === axes.length - 1 ? result : denseView(lowering.temporary(bytesOf(type)), type);
    lowering.step('gather_blocks', {
      input: source.pointer,
      indices: lowering.table(indices),
      indexBytes: 4,
      faults: 0,
      indexRows: 0,
      rowIndices: 0,
      output: next.pointer,
      outers: sizeOf(source.shape.slice(0, axis)),
      extent,
      count: size,
      blockBytes: sizeOf(source.shape.slice(axis + 1)) * bytesPerElement(source.dtype),
    });
    source = next;
  });
  return result;
}

/** Sums weighted elements, two neighbouring axes at a time; returns the view that it wrote. */
export function interpolate(lowering: Lowering, axes: readonly ResizedBy[]): View {
  const stages: Stage[] = [];
  for (let i = axes.length - 1; i >= 0; i--) {
    const isPair = i > 0 && axes[i - 1].axis === axes[i].axis - 1;
    stages.push(isPair ? [axes[i - 1], axes[i]] : [undefined, axes[i]]);
    if (isPair) i--;
  }
  const direct =
    stages.length === 1 &&
    isWalkable(lowering.input(0), stages[0], stages[0][0] !== undefined) &&
    isWalkable(lowering.output(), stages[0], false);
  let source = direct ? lowering.input(0) : lowering.dense(0);
  const result = direct ? lowering.output() : lowering.denseOutput();
  stages.forEach((stage, index) => {
    let shape = source.shape;
    for (const resized of stage) if (resized) shape = shape.with(resized.axis, resized.size);
    const type = { dtype: source.dtype, shape };
    const next = index === stages.length - 1 ? result : denseView(lowering.temporary(bytesOf(type)), type);
    resample(lowering, source, next, stage);
    source = next;
  });
  return result;
}

type Stage = readonly [rows: ResizedBy | undefined, columns: ResizedBy];

/** The axes before the stage's, which must step as one, and those behind them, which must be without gaps. */
function surroundings(view: View, [rows, columns]: Stage) {
  const last = columns.axis;
  const first = rows?.axis ?? last;
  const outer = collapse(view.shape.slice(0, first), [view.strides.slice(0, first)]);
  const inner = { ...view, shape: view.shape.slice(last + 1), strides: view.strides.slice(last + 1) };
  return { last, outer, inner };
}

/** @param wholeRows whether the columns must be next to each other */
function isWalkable(view: View, stage: Stage, wholeRows: boolean): boolean {
  const { last, outer, inner } = surroundings(view, stage);
  const columnsAreDense = view.strides[last] === sizeOf(inner.shape) * 4;
  return outer.extents.length < 2 && (columnsAreDense || !wholeRows) && isDense(inner);
}

function resample(lowering: Lowering, from: View, to: View, stage: Stage): void {
  const [rows, columns] = stage;
  const { last, outer, inner } = surroundings(from, stage);
  const floats = from.shape[last] * sizeOf(inner.shape);
  const scratchStride = resampleScratch(floats);
  const single: Taps = { taps: 1, indices: Int32Array.of(0), weights: Float64Array.of(1), outside: [] };
  const offsets = (taps: Taps, stride: number) =>
    lowering.table(new Float64Array(taps.indices).map((index) => index * stride));
  const weights = (taps: Taps) => lowering.table(new Int32Array(new Float32Array(taps.weights).buffer));
  const [rowTaps, columnTaps] = [rows ?? single, columns];
  lowering.step('f32_resample', {
    input: from.pointer,
    output: to.pointer,
    outers: outer.extents[0] ?? 1,
    outputRows: rows?.size ?? 1,
    outputColumns: columns.size,
    inner: sizeOf(inner.shape),
    rowFloats: floats,
    inputOuterStride: outer.strides[0][0] ?? 0,
    outputOuterStride: surroundings(to, stage).outer.strides[0][0] ?? 0,
    outputRowStride: rows ? to.strides[rows.axis] : 0,
    outputColumnStride: to.strides[last],
    rowTaps: rowTaps.taps,
    columnTaps: columnTaps.taps,
    rowOffsets: offsets(rowTaps, rows ? from.strides[rows.axis] : 0),
    rowWeights: weights(rowTaps),
    columnOffsets: offsets(columnTaps, from.strides[last]),
    columnWeights: weights(columnTaps),
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}
