// A direct convolution as steps of f32_conv: cut into parts along its axes where many taps meet zeros around a small map,
// and into chunks of filters where weights are packed anew in each run.

import { PANEL } from '../../layouts.generated.js';
import { product } from '../../shape.js';
import type { activationArguments } from '../lowering/epilogue.js';
import { tileScratch, wholePanels } from '../lowering/panels.js';
import { narrow } from '../lowering/subviews.js';
import { mapArguments, spatial } from '../lowering/views.js';
import type { Lowering, View } from '../operator.js';
import type { Pointer } from '../pointer.js';
import { moved, resultArguments } from './geometry.js';

/** The outputs of a convolution along an axis, and what they read: tap t of output i reads input offset + t * step + i * stride. */
export interface TapAxis {
  /** Number of outputs. */
  readonly count: number;
  readonly taps: number;
  readonly offset: number;
  readonly step: number;
  readonly stride?: number;
}

/** Outputs next to each other, along one axis, and the taps from `first` to before `end` that reach their inputs. */
export interface Part {
  readonly start: number;
  readonly count: number;
  readonly first: number;
  readonly end: number;
}

/** Outputs near an edge are taken apart into this many parts on each side. */
const SIDE_PARTS = 4;

/** An axis over `extent` inputs in parts, so that few taps of each meet zeros around the inputs. */
export function partsOf({ count, taps, offset, step, stride = 1 }: TapAxis, extent: number): Part[] {
  const first = (output: number) => clamp(Math.ceil(-(offset + output * stride) / step), taps);
  const end = (output: number) => clamp(Math.ceil((extent - offset - output * stride) / step), taps);
  const head = Math.min(count, Math.max(0, Math.ceil(-offset / stride)));
  const whole = Math.ceil((extent - offset - (taps - 1) * step) / stride);
  const tail = Math.max(head, Math.min(count, whole));
  const parts: Part[] = [];
  for (const [from, to, most] of [
    [0, head, SIDE_PARTS],
    [head, tail, 1],
    [tail, count, SIDE_PARTS],
  ]) {
    const width = Math.ceil((to - from) / most);
    for (let start = from; start < to; start += width) {
      const last = Math.min(to, start + width) - 1;
      const reached = Math.min(first(last), end(start));
      parts.push({ start, count: last + 1 - start, first: reached, end: Math.max(reached, end(start)) });
    }
  }
  return parts;
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

/** Steps that one convolution may become. */
const MOST_PARTS = 100;
/** A convolution in parts must be this much less to multiply. */
const WORTHWHILE = 1.2;
/** Pixels of a tile: fewer take as long. */
const TILE_PIXELS = 4;

/** The parts of a convolution over one or two axes, by axis, where they leave out zeros enough; undefined where they don't. */
function tiling(axes: readonly TapAxis[], input: View): Part[][] | undefined {
  if (axes.length > 2) return undefined;
  const parts = axes
    .map((along, axis) => partsOf(along, input.shape[axis + 1]))
    .reduce<Part[][]>((before, more) => before.flatMap((chosen) => more.map((part) => [...chosen, part])), [[]]);
  const tiles = (pixels: number) => Math.ceil((input.shape[0] * pixels) / TILE_PIXELS);
  const work = parts.map(
    (part) => tiles(product(part.map(({ count }) => count))) * product(part.map(({ first, end }) => end - first)),
  );
  const whole = tiles(product(axes.map(({ count }) => count))) * product(axes.map(({ taps }) => taps));
  const less = WORTHWHILE * work.reduce((a, b) => a + b, 0) < whole;
  return parts.length <= MOST_PARTS && less ? parts : undefined;
}

/** What f32_conv is to compute. */
export interface TapProducts {
  readonly axes: readonly TapAxis[];
  /** With the zeros around it that the taps read. */
  readonly input: View;
  readonly output: View;
  readonly residual: View | undefined;
  readonly activation: ReturnType<typeof activationArguments>;
  readonly groups: number;
  /** Of one group, as the next. */
  readonly filters: number;
  readonly channels: number;
  /** Bytes from an output's place in the input to what each run of taps reads. */
  readonly runs: readonly number[];
  /** Taps of a run, which read pixels next to each other. */
  readonly runTaps: number;
  /** Whether parts may leave out zeros. */
  readonly inParts: boolean;
  /** The packed panels of all filters, or how those of a chunk of them are packed. */
  readonly weights: Pointer | ((target: Pointer, chunk: Chunk) => void);
}

/** Filters next to each other. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
}

// Fitted to `npm run bench -- train`.
/** Weights that are packed anew in each run are used while they are in a core's own cache. */
const CHUNK_BYTES = 320 << 10;

/** Emits the steps of convolutions with the same filters, in as many chunks. */
export function lowerTapProducts(lowering: Lowering, all: readonly TapProducts[]): void {
  const [{ groups, filters }] = all;
  const panels = Math.ceil(filters / PANEL);
  const bytes = all.reduce((sum, { runs, runTaps, channels }) => {
    return sum + wholePanels(runs.length, runTaps * channels).panelBytes;
  }, 0);
  const most = lowering.threads * Math.max(1, Math.floor(CHUNK_BYTES / bytes));
  const isChunked = groups === 1 && all.every(({ weights }) => typeof weights === 'function');
  const chunkPanels = Math.ceil(panels / (isChunked ? Math.max(1, Math.ceil(panels / most)) : 1));
  const count = Math.min(filters, PANEL * chunkPanels);
  const steps = all.map((products) => partSteps(lowering, products, count));
  let first = 0;
  do {
    for (const emit of steps) emit({ first, count: Math.min(count, filters - first) });
    first += count;
  } while (first < filters);
}

/** How the steps for chunks of `most` filters are emitted: all take the same scratch. */
function partSteps(lowering: Lowering, products: TapProducts, most: number): (chunk: Chunk) => void {
  const { axes, input, groups, channels, runs, runTaps, weights } = products;
  const from = spatial(input);
  const whole = wholePanels(runs.length, runTaps * channels);
  const strides = axes.map(({ stride = 1 }) => stride);
  const [columnStride, rowStride = 1, planeStride = 1] = [...strides].reverse();
  const parts = products.inParts ? tiling(axes, input) : undefined;
  const all: Part[] = axes.map(({ count, taps }) => ({ start: 0, count, first: 0, end: taps }));
  const within = (view: View, part: readonly Part[]) =>
    parts ? part.reduce((inner, { start, count }, axis) => narrow(inner, axis + 1, start, count), view) : view;
  const prepared = (parts ?? [all]).map((part) => {
    const columns = part[part.length - 1];
    const rows = part.length > 1 ? part[0] : { first: 0, end: 1 };
    const skipped = parts ? (rows.first * runTaps + columns.first) * channels : 0;
    const start = part.reduce(
      (sum, { start }, axis) => sum + start * strides[axis] * input.strides[axis + 1],
      parts ? columns.first * from.column : 0,
    );
    const chosen = parts ? runs.slice(rows.first, rows.end) : runs;
    const args = {
      ...mapArguments('input', { ...input, pointer: moved(input.pointer, start) }),
      inputPlaneStride: from.plane * planeStride,
      inputRowStride: from.row * rowStride,
      inputColumnStride: from.column * columnStride,
      ...products.activation,
      ...whole,
      ...(parts && {
        runs: chosen.length,
        runLength: (columns.end - columns.first) * channels,
        firstRun: whole.firstRun + skipped * 32,
      }),
      taps: lowering.table(chosen),
      groups,
      inputGroupStride: channels * 4,
      residualGroupStride: products.filters * 4,
      outputGroupStride: products.filters * 4,
    };
    const extents = resultArguments(within(products.output, part), undefined);
    return { part, args: { ...args, ...tileScratch(lowering, { ...extents, ...args, filters: most }) } };
  });
  const packed =
    typeof weights === 'function' ? lowering.temporary(groups * whole.panelBytes * Math.ceil(most / PANEL)) : weights;
  return (chunk) => {
    const { first, count } = chunk;
    if (typeof weights === 'function') weights(packed, chunk);
    const result = (view: View, part: readonly Part[]) => {
      const inner = within(view, part);
      return count === products.filters ? inner : narrow(inner, inner.shape.length - 1, first, count);
    };
    for (const { part, args } of prepared) {
      const { output, residual } = products;
      const places = resultArguments(result(output, part), residual && result(residual, part));
      lowering.step('f32_conv', { ...args, ...places, weights: packed, filters: count });
    }
  };
}
