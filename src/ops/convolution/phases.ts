// The phases of a transposed convolution: which taps of the filters meet which outputs, and the weights of one phase in
// the order in which convolution kernels read them.

import { QuadlaneError } from '../../errors.js';
import { PANEL } from '../../layouts.generated.js';
import { product } from '../../shape.js';
import { copy, fill } from '../lowering/strided.js';
import { narrow } from '../lowering/subviews.js';
import type { Lowering, View } from '../operator.js';
import type { Pointer } from '../pointer.js';
import { moved } from './geometry.js';
import type { Chunk, TapAxis, TapProducts } from './parts.js';

/** How the filters lie over the result: one entry a spatial axis in each list. */
export interface Transposition {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Elements of the full result before the first one that is kept. */
  readonly before: readonly number[];
  /** Spatial extents of the result. */
  readonly extents: readonly number[];
}

/** One axis of a phase: outputs `at`, `at + stride`, .. and the taps that reach them, in the order of the inputs they read. */
export interface Phase extends TapAxis {
  /** First output. */
  readonly at: number;
  /** The filter's element of the first tap; each next one is `tapStep` before it. */
  readonly tap: number;
  readonly tapStep: number;
}

/** The phases of each axis that have outputs. */
export function phasesOf({ kernelShape, strides, dilations, before, extents }: Transposition): Phase[][] {
  return kernelShape.map((kernel, axis) => {
    const [stride, dilation] = [strides[axis], dilations[axis]];
    const tapStep = stride / greatestCommonDivisor(stride, dilation);
    return Array.from({ length: Math.min(stride, extents[axis]) }, (_, at): Phase => {
      const reach = (tap: number) => at + before[axis] - tap * dilation;
      let first = 0;
      while (first < Math.min(tapStep, kernel) && reach(first) % stride !== 0) first++;
      const taps = first < tapStep && first < kernel ? Math.ceil((kernel - first) / tapStep) : 0;
      const tap = first + (taps - 1) * tapStep;
      return {
        at,
        count: Math.ceil((extents[axis] - at) / stride),
        taps,
        tap,
        tapStep,
        offset: reach(tap) / stride,
        step: (dilation * tapStep) / stride,
      };
    });
  });
}

/** @throws QuadlaneError `LIMIT` for more taps, in the phases of all axes together, than can be listed */
export function requireListable(axes: readonly (readonly Phase[])[]): void {
  const count = product(axes.map((phases) => phases.reduce((sum, { taps }) => sum + taps, 0)));
  if (count > MOST_TAPS) {
    throw new QuadlaneError(
      'LIMIT',
      `the transposed convolution has ${count} taps, more than the ${MOST_TAPS} that are planned: use a smaller kernel`,
    );
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Taps are listed one by one; a kernel of 256 x 256 is as large as real networks' pictures. */
const MOST_TAPS = 2 ** 16;

/** What the packed weights of a phase hold: filters by `width` next to each other, in each of `groups`. */
interface Packing {
  readonly groups: number;
  /** Of one group. */
  readonly filters: number;
  /** Of one group. */
  readonly channels: number;
  readonly width: number;
  /** Axis of the filters' tensor that counts them: 0 where each channel has one of its own. */
  readonly filterAxis: number;
}

/**
 * The weights of a phase as [groups][ceil(filters / width)][width biases, then taps x channels x width weights], or how those
 * of a chunk of filters are made where `inChunks` and they aren't known; and the input element that each tap reads,
 * relative to the output's place in the phase.
 */
export function packPhase(
  lowering: Lowering,
  phase: readonly Phase[],
  packing: Packing,
  inChunks: boolean,
): { weights: TapProducts['weights']; taps: number[][] } {
  const taps = phase.reduce<number[][]>(
    (before, { taps: count, offset, step }) =>
      before.flatMap((places) => Array.from({ length: count }, (_, i) => [...places, offset + i * step])),
    [[]],
  );
  const { groups, channels, width } = packing;
  const bytes = (filters: number) => groups * Math.ceil(filters / width) * width * (1 + taps.length * channels) * 4;
  const form = `phases ${JSON.stringify(packing)} of taps ${phase.map(({ taps: n, tap, tapStep }) => `${n} from ${tap} by ${tapStep}`)}`;
  const order = tapOrder(phase, lowering.type(1).shape);
  type Pack = Parameters<Lowering['packed']>[3];
  const pack = (filters: number, ...[target, [source, bias], step, table]: Parameters<Pack>): void => {
    if (order && width === PANEL) {
      const [channel, , ...axes] = source.strides;
      const lane = source.strides[packing.filterAxis];
      const places = { groupStride: channels * channel, filterStride: lane, channelStride: channel };
      step('f32_pack_panels', {
        source: moved(source.pointer, order.first * axes[axes.length - 1]),
        bias: bias?.pointer ?? 0,
        target,
        groups,
        filters,
        taps: taps.length,
        channels,
        ...places,
        tapStride: order.step * axes[axes.length - 1],
      });
      return;
    }
    const whole: View = { pointer: target, dtype: 'float32', shape: [bytes(filters) / 4], strides: [4], halo: [] };
    fill(step, table, whole, 0);
    const full = Math.floor(filters / width);
    const panelsOf = { phase, packing: { ...packing, filters }, target, source, bias };
    packPanels(step, table, { ...panelsOf, first: 0, panels: full, lanes: width });
    packPanels(step, table, { ...panelsOf, first: full, panels: 1, lanes: filters - full * width });
  };
  const isKnown = [1, 2].every((index) => !lowering.has(index) || lowering.constant(index));
  if (isKnown || !inChunks) {
    const whole: Pack = (...places) => pack(packing.filters, ...places);
    return { weights: lowering.packed([1, 2], form, bytes(packing.filters), whole), taps };
  }
  const filters = lowering.dense(1);
  const bias = lowering.has(2) ? [lowering.dense(2)] : [];
  const weights = (target: Pointer, { first, count }: Chunk): void => {
    const sources = [
      narrow(filters, packing.filterAxis, first, count),
      ...bias.map((one) => narrow(one, 0, first, count)),
    ];
    pack(count, target, sources, lowering.step, lowering.table);
  };
  return { weights, taps };
}

/** The first of a phase's taps, as the filter numbers its elements, and how many it is from each to the next if that is even. */
function tapOrder(phase: readonly Phase[], filters: readonly number[]): { first: number; step: number } | undefined {
  const extents = filters.slice(2);
  const numbers = phase.reduce<number[]>(
    (before, { taps, tap, tapStep }, axis) =>
      before.flatMap((number) => Array.from({ length: taps }, (_, i) => number * extents[axis] + tap - i * tapStep)),
    [0],
  );
  const step = (numbers[1] ?? 0) - numbers[0];
  const even = numbers.every((number, i) => number === numbers[0] + i * step);
  return even && numbers.length > 0 ? { first: numbers[0], step } : undefined;
}

/** `panels` panels from number `first` on, each of `lanes` filters, of a phase's weights. */
interface Panels {
  readonly phase: readonly Phase[];
  readonly packing: Packing;
  readonly target: Pointer;
  readonly source: View;
  readonly bias: View | undefined;
  readonly first: number;
  readonly panels: number;
  readonly lanes: number;
}

/** Copies filters and biases to panels. */
function packPanels(
  step: Lowering['step'],
  table: Lowering['table'],
  { phase, packing, target, source, bias, first, panels, lanes }: Panels,
): void {
  const { groups, filters, channels, width, filterAxis } = packing;
  const counts = phase.map(({ taps }) => taps);
  const row = width * 4;
  const panel = (1 + product(counts) * channels) * row;
  const group = panel * Math.ceil(filters / width);
  const to = moved(target, first * panel);
  if (panels * lanes === 0) return;
  if (bias) {
    const biases = { ...bias, pointer: moved(bias.pointer, first * row), strides: [filters * 4, row, 4] };
    copy(step, table, [groups, panels, lanes], biases, { pointer: to, strides: [group, panel, 4] });
  }
  if (counts.includes(0)) return;
  const [channel, , ...axes] = source.strides;
  const lane = source.strides[filterAxis];
  const start = phase.reduce((sum, { tap }, axis) => sum + tap * axes[axis], first * width * lane);
  const places = counts.map((_, axis) => product(counts.slice(axis + 1)) * channels * row);
  copy(
    step,
    table,
    [groups, panels, lanes, ...counts, channels],
    {
      ...source,
      pointer: moved(source.pointer, start),
      strides: [
        channels * channel,
        width * lane,
        lane,
        ...phase.map(({ tapStep }, axis) => -tapStep * axes[axis]),
        channel,
      ],
    },
    { pointer: moved(to, row), strides: [group, panel, 4, ...places, row] },
  );
}
