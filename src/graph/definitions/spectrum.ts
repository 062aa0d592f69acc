// Spectra: discrete Fourier transforms of whole axes and of windows that move along a signal, and the windows and filters that
// go with them.

import { ofRank, sameRank } from '../../ops/lowering/partialShapes.js';
import { listOf, tensorOf } from '../../ops/lowering/values.js';
import { normalizeAxis } from '../../shape.js';
import type { DType } from '../../tensor.js';
import type { Definition, Parts } from './definition.js';

/** The turn of element `index` at frequency `bin`, as a fraction of a circle: the product is cut to a period, so it stays exact. */
function angle(bin: number, index: number, length: number): number {
  return (2 * Math.PI * ((bin * index) % length)) / length;
}

/** Frequencies of a transform of `length` elements: of reals, the others mirror the first half. */
function binsOf(length: number, oneSided: boolean): number {
  return oneSided ? Math.floor(length / 2) + 1 : length;
}

/** `x` cut or filled up with zeros to `extent` along `axis`. */
function resized(parts: Parts, x: string, rank: number, axis: number, from: number, extent: number): string {
  if (extent < from) return parts.slice(x, axis, 0, extent);
  if (extent === from) return x;
  const padding = new Array<number>(2 * rank).fill(0);
  padding[rank + axis] = extent - from;
  return parts.apply('pad', [x], { mode: 'constant', padding, value: 0 });
}

/**
 * ONNX's DFT. Inputs: x, [..., 1 or 2] (reals, or reals and imaginaries), the length and the axis, which may be attributes.
 * A product with the matrix of all turns: [elements and parts, frequencies and parts].
 */
const dft: Definition = {
  values: [1, 2],
  partialShapes: sameRank,
  build(parts) {
    const shape = parts.shape(0);
    const rank = shape.length;
    const given = parts.list(2)?.[0] ?? parts.number('axis', -2);
    const axis = normalizeAxis(given, rank);
    if (axis === rank - 1) throw parts.mismatch('a transform is of another axis than the last, which holds the parts');
    const channels = shape[rank - 1];
    if (channels !== 1 && channels !== 2) {
      throw parts.mismatch(`the last axis holds a real part, or both: 1 or 2 numbers, not ${channels}`);
    }
    const inverse = parts.attributes.inverse === true;
    const oneSided = parts.attributes.oneSided === true;
    const halved = inverse && oneSided;
    const length = parts.list(1)?.[0] ?? (halved ? 2 * (shape[axis] - 1) : shape[axis]);
    const extent = halved ? binsOf(length, true) : length;
    const x = resized(parts, parts.input(0), rank, axis, shape[axis], extent);
    const bins = inverse ? length : binsOf(length, oneSided);
    const results = halved ? 1 : 2;
    const sign = inverse ? 1 : -1;
    const matrix = parts.table([extent * channels, bins * results], (index) => {
      const [row, column] = [Math.floor(index / (bins * results)), index % (bins * results)];
      const [element, channel] = [Math.floor(row / channels), row % channels];
      const [bin, part] = [Math.floor(column / results), column % results];
      const turn = sign * angle(bin, element, length);
      // Of the spectrum of reals only one half is there: the mirrored other half adds as much again.
      const mirrored = halved && element > 0 && 2 * element < length ? 2 : 1;
      const value = channel === part ? Math.cos(turn) : channel < part ? Math.sin(turn) : -Math.sin(turn);
      return (value * mirrored) / (inverse ? length : 1);
    });
    const others = [...shape.keys()].filter((at) => at !== axis && at !== rank - 1);
    const order = [...others, axis, rank - 1];
    const outer = others.map((at) => shape[at]);
    const moved = parts.transpose(x, order);
    const product = parts.matmul(parts.reshape(moved, [...outer, extent * channels]), matrix);
    const back = order.map((_, at) => order.indexOf(at));
    return [parts.transpose(parts.reshape(product, [...outer, bins, results]), back)];
  },
};

/**
 * ONNX's STFT. Inputs: the signal [N, L] or [N, L, 1 or 2], the step, the window, the window's length. A convolution along the
 * signal whose filters are the turns of each frequency, times the window.
 */
const stft: Definition = {
  needs: 2,
  values: [1, 3],
  partialShapes: () => [ofRank(4)],
  build(parts) {
    const shape = parts.shape(0);
    const [batch, length, channels = 1] = shape;
    if (shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 2)) {
      throw parts.mismatch(`a signal has the shape [N, L] or [N, L, 1 or 2], not [${shape.join(', ')}]`);
    }
    const [step] = parts.list(1)!;
    const frame = parts.list(3)?.[0] ?? (parts.has(2) ? parts.shape(2)[0] : undefined);
    if (frame === undefined) throw parts.mismatch('a window or its length must be there');
    if (!(step >= 1 && frame >= 1 && frame <= length)) {
      throw parts.mismatch(`windows of ${frame} in steps of ${step} don't fit a signal of ${length}`);
    }
    const bins = binsOf(frame, channels === 1 && parts.attributes.oneSided !== false);
    const turns = parts.table([bins * 2, channels, frame], (index) => {
      const [filter, channel, element] = [
        Math.floor(index / (channels * frame)),
        Math.floor(index / frame) % channels,
        index % frame,
      ];
      const [bin, part] = [Math.floor(filter / 2), filter % 2];
      const turn = -angle(bin, element, frame);
      return channel === part ? Math.cos(turn) : channel < part ? Math.sin(turn) : -Math.sin(turn);
    });
    const filters = parts.has(2) ? parts.binary('mul', turns, parts.input(2)) : turns;
    const signal = parts.reshape(parts.input(0), [batch, length, channels]);
    const strides = { strides: [step], dilations: [1], padding: [0, 0], groups: 1 };
    const spectrum = parts.apply('conv', [signal, filters], strides);
    const frames = Math.floor((length - frame) / step) + 1;
    return [parts.reshape(spectrum, [batch, frames, bins, 2])];
  },
};

/** A window of the sum of cosines with these weights; its length is the one input. */
const cosines = (...weights: readonly number[]): Definition => ({
  values: [0],
  required: ['dtype'],
  partialShapes: () => [ofRank(1)],
  build(parts) {
    const [length] = parts.list(0)!;
    const divisor = parts.attributes.periodic === false ? Math.max(1, length - 1) : length;
    const values = listOf(length, (index) =>
      weights.reduce((sum, weight, order) => sum + weight * Math.cos((2 * Math.PI * order * index) / divisor), 0),
    );
    return [parts.constant(tensorOf(parts.attributes.dtype as DType, [length], values))];
  },
});

/** ONNX's MelWeightMatrix. Inputs: bands, length of the transform, sampling rate, lowest and highest frequency. */
const melWeights: Definition = {
  needs: 5,
  values: [0, 1, 2, 3, 4],
  required: ['dtype'],
  partialShapes: () => [ofRank(2)],
  build(parts) {
    const [bands, length, rate, low, high] = [0, 1, 2, 3, 4].map((index) => parts.list(index)![0]);
    const bins = Math.floor(length / 2) + 1;
    const mel = (frequency: number) => 2595 * Math.log10(1 + frequency / 700);
    const step = (mel(high) - mel(low)) / (bands + 2);
    const edges = Array.from({ length: bands + 2 }, (_, index) => {
      const frequency = 700 * (10 ** ((index * step + mel(low)) / 2595) - 1);
      return Math.floor(((length + 1) * frequency) / rate);
    });
    const values = new Array<number>(bins * bands).fill(0);
    for (let band = 0; band < bands; band++) {
      const [from, centre, to] = edges.slice(band, band + 3);
      const set = (bin: number, value: number) => {
        if (bin >= 0 && bin < bins) values[bin * bands + band] = value;
      };
      if (centre === from) set(centre, 1);
      for (let bin = from; bin <= centre && centre > from; bin++) set(bin, (bin - from) / (centre - from));
      for (let bin = centre; bin < to && to > centre; bin++) set(bin, (to - bin) / (to - centre));
    }
    return [parts.constant(tensorOf(parts.attributes.dtype as DType, [bins, bands], values))];
  },
};

export const spectrum = {
  dft,
  stft,
  hannWindow: cosines(0.5, -0.5),
  hammingWindow: cosines(25 / 46, -21 / 46),
  blackmanWindow: cosines(0.42, -0.5, 0.08),
  melWeights,
};
