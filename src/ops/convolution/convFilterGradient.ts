// Gradient of a convolution's filters, and of the weights of a fully connected layer, by the gradient of its output.

import { QuadlaneError } from '../../errors.js';
import { depthwiseFilterGradientScratch, ELEMENTS, filterGradientScratch } from '../../layouts.generated.js';
import { formatShape, product, sameShape, type Windows, windowCounts, windowsOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { narrow } from '../lowering/subviews.js';
import { denseView, extentArguments, mapArguments, spatial } from '../lowering/views.js';
import { samePadded, windowHalo } from '../lowering/windows.js';
import type { Attributes, Halo, Lowering, Operator, View } from '../operator.js';
import { moved, tapOffsets, windowArguments, windowAxes } from './geometry.js';
import { type Tile, winogradHalo } from './winograd.js';
import { gradientTile, lowerWinogradFilterGradient } from './winogradFilterGradient.js';

export interface ConvFilterGradientAttributes extends Attributes {
  /** Spatial extents of a filter; empty for a fully connected layer. */
  readonly kernelShape: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Before each spatial axis, then after each. */
  readonly padding?: readonly number[];
  readonly groups?: number;
  /** 'same-upper' or 'same-lower': padding that keeps ceil(extent / stride) outputs. */
  readonly autoPad?: string;
}

// Fitted to `npm run bench -- train`.
/** Pixels that are summed before they join the others: few enough for the first-level cache and for small errors. */
const BLOCK_PIXELS = 128;
/** More filters than this are worth laying out the input for. */
const FEW_FILTERS = 16;
/** From this many channels on, each tap of the filters is a product of its own, of the pixels that it reads. */
const MANY_CHANNELS = 32;
/** Tiles whose laid out inputs stay in the first-level cache; tiles that share the list of pixels where nothing is. */
const CHUNK_TILES = { packed: 12, listed: 64 };

function windowsOver(input: TensorType, attributes: ConvFilterGradientAttributes): Windows {
  const { kernelShape, strides, padding, dilations, autoPad } = attributes;
  return samePadded(windowsOf(kernelShape, strides, padding, dilations), input.shape.slice(1, -1), autoPad);
}

/** The tile of Winograd, where it is used. */
function tileFor(input: TensorType, gradient: TensorType, attributes: ConvFilterGradientAttributes): Tile | undefined {
  return gradientTile(input, gradient.shape.at(-1)!, windowsOver(input, attributes), attributes.groups ?? 1);
}

/** Zeros around the input that the windows of single pixels or of whole tiles read. */
function haloFor(
  input: TensorType,
  gradient: TensorType,
  attributes: ConvFilterGradientAttributes,
  tile: Tile | undefined,
): Halo {
  const extents = input.shape.slice(1, -1);
  const windows = windowsOver(input, attributes);
  return tile ? winogradHalo(extents, windows, tile) : windowHalo(extents, windows, gradient.shape.slice(1, -1));
}

/** [N, ...spatial, C] and [N, ...windows, O] give [O, C / groups, ...kernel]. */
export const convFilterGradient: Operator<ConvFilterGradientAttributes> = {
  name: 'convFilterGradient',
  needs: 2,
  float32: true,

  infer([input, gradient], attributes) {
    const { kernelShape, groups = 1 } = attributes;
    const rank = kernelShape.length + 2;
    if (input!.shape.length !== rank || gradient!.shape.length !== rank || rank > 5) {
      throw new QuadlaneError(
        'SHAPE',
        `convFilterGradient over ${kernelShape.length} axes takes an input and an output's gradient of rank ${rank}, at most 5; got ${formatShape(input!.shape)} and ${formatShape(gradient!.shape)}`,
      );
    }
    const counts = windowCounts(input!.shape.slice(1, -1), windowsOver(input!, attributes));
    const [channels, filters] = [input!.shape.at(-1)!, gradient!.shape.at(-1)!];
    const whole = [channels, filters].every((count) => count % groups === 0);
    if (groups < 1 || !whole || !sameShape(gradient!.shape.slice(0, -1), [input!.shape[0], ...counts])) {
      throw new QuadlaneError(
        'SHAPE',
        `windows of ${formatShape(kernelShape)} in ${groups} groups over ${formatShape(input!.shape)} have gradients ${formatShape([input!.shape[0], ...counts, filters])} and channels and filters that are multiples of the groups, not ${formatShape(gradient!.shape)}`,
      );
    }
    return [{ dtype: 'float32', shape: [filters, channels / groups, ...kernelShape] }];
  },

  halo([input, gradient], attributes) {
    if (attributes.kernelShape.length === 0) return undefined;
    return haloFor(input!, gradient!, attributes, tileFor(input!, gradient!, attributes));
  },

  lower(lowering, attributes) {
    const type = lowering.type(0);
    const windows = windowsOver(type, attributes);
    if (windows.kernelShape.length === 0) {
      const [input, gradient] = [withColumns(lowering.dense(0)), withColumns(lowering.dense(1))];
      lowerTiles(lowering, attributes, windowsOf([1]), input, gradient);
      return;
    }
    const gradient = lowering.input(1);
    const tile = lowering.winograd ? tileFor(type, gradient, attributes) : undefined;
    const input = lowering.haloed(0, haloFor(type, gradient, attributes, tile));
    if (tile) {
      lowerWinogradFilterGradient(lowering, windows, input, gradient, tile);
      return;
    }
    const groups = attributes.groups ?? 1;
    const depthwise = groups > 1 && type.shape.at(-1) === groups && gradient.shape.at(-1) === groups;
    if (depthwise) lowerDepthwise(lowering, windows, input, gradient);
    else if (channelsOf(input, groups) >= MANY_CHANNELS && product(windows.kernelShape) > 1) {
      lowerTaps(lowering, attributes, windows, input, gradient);
    } else lowerTiles(lowering, attributes, windows, input, gradient);
  },

  cost: ([, gradient], [output]) => product(gradient!.shape) * product(output.shape.slice(1)),
};

/** Rows [N, C] as pixels [N, 1, C]. */
function withColumns(view: View): View {
  return denseView(view.pointer, { ...view, shape: [view.shape[0], 1, view.shape[1]] });
}

/** What both kernels take. */
function places(windows: Windows, input: View, gradient: View) {
  const from = spatial(input);
  const { kernel, dilations } = windowAxes(windows);
  return {
    ...windowArguments(input, windows),
    offsets: tapOffsets(from, kernel, dilations),
    pixels: {
      ...extentArguments(gradient),
      ...mapArguments('gradient', gradient),
      blockPixels: BLOCK_PIXELS,
    },
  };
}

function lowerDepthwise(lowering: Lowering, windows: Windows, input: View, gradient: View): void {
  const { offsets, pixels, ...from } = places(windows, input, gradient);
  const channels = input.shape.at(-1)!;
  const scratchStride = depthwiseFilterGradientScratch(BLOCK_PIXELS, offsets.length, channels);
  lowering.step('f32_filter_gradient_depthwise', {
    ...from,
    ...pixels,
    output: lowering.denseOutput().pointer,
    taps: lowering.table(offsets),
    tapCount: offsets.length,
    channels,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}

function channelsOf(input: View, groups: number): number {
  return input.shape.at(-1)! / groups;
}

/**
 * Tap by tap to [taps][O, C / groups], and from there to the output: channels are read side by side, and pixels whose
 * tap lies in the halo are left out.
 */
function lowerTaps(
  lowering: Lowering,
  attributes: ConvFilterGradientAttributes,
  windows: Windows,
  input: View,
  gradient: View,
): void {
  const { kernelShape, strides, dilations, padding } = windows;
  const channels = channelsOf(input, attributes.groups ?? 1);
  const filters = gradient.shape.at(-1)!;
  const bytes = filters * channels * 4;
  const taps = kernelShape.reduce<number[][]>(
    (before, count) => before.flatMap((places) => Array.from({ length: count }, (_, i) => [...places, i])),
    [[]],
  );
  const sums = lowering.temporary(taps.length * bytes);
  for (const [index, tap] of taps.entries()) {
    let from = input;
    let by = gradient;
    tap.forEach((place, axis) => {
      const start = place * dilations[axis] - padding[axis];
      const first = Math.max(0, Math.ceil(-start / strides[axis]));
      const end = Math.min(gradient.shape[axis + 1], Math.ceil((input.shape[axis + 1] - start) / strides[axis]));
      from = narrow(from, axis + 1, start + first * strides[axis], from.shape[axis + 1]);
      by = narrow(by, axis + 1, first, Math.max(0, end - first));
    });
    const single = windowsOf(
      kernelShape.map(() => 1),
      strides,
    );
    lowerTiles(lowering, attributes, single, from, by, moved(sums, index * bytes));
  }
  const output = lowering.denseOutput();
  const shape = [filters * channels, taps.length];
  const inOrder = { ...output, shape, halo: [], strides: [taps.length * 4, 4] };
  lowering.copy(shape, { ...inOrder, pointer: sums, strides: [4, bytes] }, inOrder);
}

function lowerTiles(
  lowering: Lowering,
  { groups = 1 }: ConvFilterGradientAttributes,
  windows: Windows,
  input: View,
  gradient: View,
  output = lowering.denseOutput().pointer,
): void {
  const { offsets, pixels, ...from } = places(windows, input, gradient);
  const channels = channelsOf(input, groups);
  const filters = gradient.shape.at(-1)! / groups;
  const packs = filters > FEW_FILTERS ? 1 : 0;
  const tiles = Math.ceil((channels * offsets.length) / ELEMENTS);
  // As many chunks for each thread; at least one, so that none has more tiles than there are.
  const sharing = Math.ceil(lowering.threads / groups);
  const chunks = Math.ceil(tiles / (packs ? CHUNK_TILES.packed : CHUNK_TILES.listed) / sharing) * sharing;
  const chunkTiles = Math.max(1, Math.ceil(tiles / Math.max(1, chunks)));
  const scratchStride = filterGradientScratch(BLOCK_PIXELS, chunkTiles, filters, packs);
  lowering.step('f32_filter_gradient', {
    ...from,
    ...pixels,
    output,
    taps: lowering.table(offsets),
    tapCount: offsets.length,
    groups,
    filters,
    channels,
    chunkTiles,
    packs,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}
