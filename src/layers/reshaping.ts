// Layers that move elements: flatten, reshape, permute, zero padding, slices and shuffles of channels.

import { QuadlaneError } from '../errors.js';
import { flatten as flattenPass } from '../graph/passes/flatten.js';
import { padding as paddingPass } from '../graph/passes/padding.js';
import { transposes as transposePasses } from '../graph/passes/transposes.js';
import { pad } from '../ops/layout/pad.js';
import { flatten as flattenOperator, reshape as reshapeOperator } from '../ops/layout/reshape.js';
import { slice } from '../ops/layout/slice.js';
import { transpose } from '../ops/layout/transpose.js';
import { shown } from '../printable.js';
import { positive, type SidePadding, sidesOf } from '../windowOptions.js';
import { channelsOf } from './channels.js';
import { type Layer, type LayerBuilder, type LayerOptions, unaryLayer, type Value } from './layer.js';

export interface FlattenOptions extends LayerOptions {
  /** Reads maps channel by channel, as PyTorch and ONNX do: for weights from there. Default: pixel by pixel. */
  channelsFirst?: boolean;
}

/** All axes but the batch in one: `[H, W, C]` to `[H W C]`. */
export function flatten(options: FlattenOptions = {}): Layer {
  return unaryLayer('flatten', options, ['channelsFirst'], (builder, x) => {
    const axes = x.shape.length - 1;
    const moves = options.channelsFirst && axes > 0;
    const spatial = Array.from({ length: axes }, (_, axis) => axis + 1);
    const permutation = [0, axes + 1, ...spatial];
    const ordered = moves ? builder.apply(transpose, [x], { permutation }, [flattenPass]) : x;
    return builder.apply(flattenOperator, [ordered], { axis: 1 });
  });
}

/**
 * The same elements in another shape.
 * @param shape sizes without the batch; one may be -1
 */
export function reshape(shape: readonly number[], options: LayerOptions = {}): Layer {
  return unaryLayer('reshape', options, [], (builder, x) => reshaped(builder, x, shape));
}

/** `x` with its axes in another order; the compiler looks for a way to do without the move. */
function reordered(builder: LayerBuilder, x: Value, permutation: readonly number[]): Value {
  return builder.apply(transpose, [x], { permutation }, transposePasses);
}

function reshaped(builder: LayerBuilder, x: Value, shape: readonly number[]): Value {
  if (!Array.isArray(shape) || !shape.every((extent) => Number.isInteger(extent) && (extent > 0 || extent === -1))) {
    throw new QuadlaneError(
      'ARGUMENT',
      `shape must list sizes without the batch, one of them perhaps -1; got ${shown(shape)}`,
    );
  }
  // 0 keeps the batch whatever it is, so -1 can only stand for an axis behind it.
  return builder.apply(reshapeOperator, [x], { shape: [0, ...shape] });
}

/**
 * The axes in another order.
 * @param order axes counted from 1, the batch being 0: `[2, 1, 3]` swaps rows and columns
 */
export function permute(order: readonly number[], options: LayerOptions = {}): Layer {
  return unaryLayer('permute', options, [], (builder, x) => {
    const axes = x.shape.map((_, axis) => axis + 1);
    if (!Array.isArray(order) || order.length !== axes.length || !axes.every((axis) => order.includes(axis))) {
      throw new QuadlaneError(
        'ARGUMENT',
        `order must list the axes ${axes.join(', ')}, each once, the batch left out; got ${shown(order)}`,
      );
    }
    return reordered(builder, x, [0, ...order]);
  });
}

export interface ZeroPaddingOptions extends LayerOptions {
  /** On all sides, `[top, left, bottom, right]` or `{ top, left, bottom, right }`. Default: 1. */
  padding?: SidePadding;
}

/** Zeros around a map. */
export function zeroPadding2d(options: ZeroPaddingOptions = {}): Layer {
  return unaryLayer('zeroPadding2d', options, ['padding'], (builder, x) => {
    channelsOf(x, 2);
    const [top, left, bottom, right] = sidesOf(options.padding ?? 1, 2);
    return builder.apply(pad, [x], { mode: 'constant', padding: [0, top, left, 0, 0, bottom, right, 0], value: 0 }, [
      paddingPass,
    ]);
  });
}

/** Channels `from` (included) to `to` (not included) of `[..., C]`. */
export function sliceChannels(from: number, to: number, options: LayerOptions = {}): Layer {
  return unaryLayer('sliceChannels', options, [], (builder, x) => {
    const channels = x.shape.at(-1) ?? 0;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > channels) {
      throw new QuadlaneError('ARGUMENT', `channels ${shown(from)} to ${shown(to)} aren't a part of its ${channels}`);
    }
    return builder.apply(slice, [x], { starts: [from], ends: [to], axes: [x.shape.length] });
  });
}

/** Deals the channels of `[H, W, C]` out among `groups` (ShuffleNet): channel `g C / groups + i` goes to `i groups + g`. */
export function channelShuffle(groups: number, options: LayerOptions = {}): Layer {
  return unaryLayer('channelShuffle', options, [], (builder, x) => {
    const channels = channelsOf(x, 2);
    if (channels % positive('groups', groups) !== 0) {
      throw new QuadlaneError('ARGUMENT', `${groups} groups must divide its ${channels} channels`);
    }
    const [rows, columns] = x.shape;
    const apart = reshaped(builder, x, [rows, columns, groups, channels / groups]);
    const dealt = reordered(builder, apart, [0, 1, 2, 4, 3]);
    return reshaped(builder, dealt, [rows, columns, channels]);
  });
}

/**
 * Moves channels into space (sub-pixel convolution, Shi et al. 2016): `[H, W, C r r]` to `[H r, W r, C]`; channel
 * `(c r + i) r + j` goes to row i and column j of each block, as PyTorch's PixelShuffle.
 */
export function pixelShuffle(factor: number, options: LayerOptions = {}): Layer {
  return unaryLayer('pixelShuffle', options, [], (builder, x) => {
    const channels = channelsOf(x, 2);
    const area = positive('factor', factor) ** 2;
    if (channels % area !== 0)
      throw new QuadlaneError('ARGUMENT', `its ${channels} channels must be a multiple of ${area}`);
    const [rows, columns] = x.shape;
    const apart = reshaped(builder, x, [rows, columns, channels / area, factor, factor]);
    const moved = reordered(builder, apart, [0, 1, 4, 2, 5, 3]);
    return reshaped(builder, moved, [rows * factor, columns * factor, channels / area]);
  });
}
