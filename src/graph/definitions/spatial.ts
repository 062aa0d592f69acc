// Operators over images that others define: what undoes pools and columns, grids, convolutions whose taps move.

import { ofRank, rankOfEither, sameRank } from '../../ops/lowering/partialShapes.js';
import { dilatedExtent, product } from '../../shape.js';
import type { Definition, Parts } from './definition.js';

const ones = (count: number) => new Array<number>(count).fill(1);
const zeros = (count: number) => new Array<number>(count).fill(0);

/** Channels first to last, and back. */
const toLast = (rank: number) => [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
const toFirst = (rank: number) => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];

/** ONNX's MaxUnpool. Inputs: x [N, C, ...], where each element was in the whole tensor, and the shape of the result. */
const maxUnpool: Definition = {
  needs: 2,
  values: [2],
  required: ['kernelShape'],
  partialShapes: sameRank,
  build(parts) {
    const shape = parts.shape(0);
    const kernel = parts.numbers('kernelShape')!;
    const strides = parts.numbers('strides') ?? ones(kernel.length);
    const padding = parts.numbers('padding') ?? zeros(2 * kernel.length);
    if (shape.length !== kernel.length + 2) throw parts.mismatch(`its kernel has ${kernel.length} axes for [${shape}]`);
    const inner = shape.slice(2).map((extent, axis) => {
      return (extent - 1) * strides[axis] + kernel[axis] - padding[axis] - padding[axis + kernel.length];
    });
    const full = [shape[0], shape[1], ...inner];
    const size = product(full);
    const flat = (name: string) => parts.reshape(name, [product(shape)]);
    const empty = parts.apply('expand', [parts.scalar(0)], { shape: [size] });
    const scattered = parts.apply('scatterElements', [empty, flat(parts.input(1)), flat(parts.input(0))], {
      axis: 0,
      reduction: 'none',
    });
    const image = parts.reshape(scattered, full);
    const wanted = parts.list(2);
    if (!wanted) return [image];
    const more = wanted.map((extent, axis) => extent - full[axis]);
    if (wanted.length !== full.length || more.some((extent) => extent < 0)) {
      throw parts.mismatch(`its result has the shape [${full}], which doesn't fit into [${wanted}]`);
    }
    return [parts.apply('pad', [image], { mode: 'constant', padding: [...zeros(full.length), ...more], value: 0 })];
  },
};

/** ONNX's Col2Im, as the transposed convolution that puts each entry of a column to its place. Inputs: columns, image, block. */
const col2Im: Definition = {
  needs: 3,
  values: [1, 2],
  partialShapes: (_inputs) => [_inputs[1]?.[0] === undefined ? undefined : ofRank(_inputs[1][0] + 2)],
  build(parts) {
    const [batch, rows, columns] = parts.shape(0);
    const [image, block] = [parts.list(1)!, parts.list(2)!];
    const rank = image.length;
    const strides = parts.numbers('strides') ?? ones(rank);
    const dilations = parts.numbers('dilations') ?? ones(rank);
    const padding = parts.numbers('padding') ?? zeros(2 * rank);
    const taps = product(block);
    const channels = rows / taps;
    const padded = image.map((extent, axis) => extent + padding[axis] + padding[axis + rank]);
    const reaches = block.map((extent, axis) => dilatedExtent(extent, dilations[axis]));
    const counts = padded.map((extent, axis) => Math.floor((extent - reaches[axis]) / strides[axis]) + 1);
    if (!Number.isInteger(channels) || product(counts) !== columns) {
      throw parts.mismatch(
        `columns of [${parts.shape(0)}] aren't those of blocks of [${block}] of an image of [${image}]`,
      );
    }
    const filters = parts.table([rows, 1, ...block], (index) =>
      Number(index % taps === Math.floor(index / taps) % taps),
    );
    const grid = parts.reshape(parts.transpose(parts.input(0), [0, 2, 1]), [batch, ...counts, rows]);
    const outputPadding = padded.map((extent, axis) => extent - reaches[axis] - strides[axis] * (counts[axis] - 1));
    const result = parts.apply('convTranspose', [grid, filters], {
      strides,
      dilations,
      padding,
      groups: channels,
      outputPadding,
    });
    return [parts.transpose(result, toFirst(rank + 2))];
  },
};

/** ONNX's AffineGrid. Inputs: matrices [N, axes, axes + 1] and the size [N, C, ...] of the image. */
const affineGrid: Definition = {
  needs: 2,
  values: [1],
  partialShapes: ([theta]) => [ofRank(theta?.[1] === undefined ? undefined : theta[1] + 2)],
  build(parts) {
    const [batch, axes] = parts.shape(0);
    const spatial = parts.list(1)!.slice(2);
    if (spatial.length !== axes)
      throw parts.mismatch(`matrices of ${axes} axes don't move an image of ${spatial.length}`);
    const pixels = product(spatial);
    const aligned = parts.attributes.alignCorners === true;
    const place = (index: number, extent: number) =>
      aligned ? (extent > 1 ? (2 * index) / (extent - 1) - 1 : 0) : (2 * index + 1) / extent - 1;
    const points = parts.table([pixels, axes + 1], (at) => {
      const [pixel, column] = [Math.floor(at / (axes + 1)), at % (axes + 1)];
      if (column === axes) return 1;
      // The first column is that of the last axis.
      const axis = axes - 1 - column;
      const index = Math.floor(pixel / product(spatial.slice(axis + 1))) % spatial[axis];
      return place(index, spatial[axis]);
    });
    const moved = parts.matmul(points, parts.transpose(parts.input(0), [0, 2, 1]));
    return [parts.reshape(moved, [batch, ...spatial, axes])];
  },
};

interface Taps {
  readonly counts: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: readonly number[];
}

/** Where the window of each pixel has tap `tap` before it moves, along `axis`: [1, rows, columns, 1]. */
function restingPlaces(
  parts: Parts,
  { counts, kernel, strides, dilations, padding }: Taps,
  tap: number,
  axis: 0 | 1,
): string {
  const at = axis === 0 ? Math.floor(tap / kernel[1]) : tap % kernel[1];
  return parts.table([1, ...counts, 1], (index) => {
    const pixel = axis === 0 ? Math.floor(index / counts[1]) : index % counts[1];
    return pixel * strides[axis] - padding[axis] + at * dilations[axis];
  });
}

/**
 * ONNX's DeformConv over images. Inputs: x [N, C, H, W], filters, how far each tap moves [N, groups * taps * 2, ...], bias, and what
 * each tap is multiplied with. Taps are read by bilinear sampling, then a product sums them up.
 */
const deformConv: Definition = {
  needs: 3,
  partialShapes: rankOfEither,
  build(parts) {
    const [shape, filters, offsets] = [0, 1, 2].map((index) => parts.shape(index));
    if (shape.length !== 4) throw parts.unsupported('deformable convolutions run over images of two axes only');
    const [batch, channels, height, width] = shape;
    const kernel: [number, number] = [filters[2], filters[3]];
    const taps = product(kernel);
    const windows: Taps = {
      counts: [offsets[2], offsets[3]],
      kernel,
      strides: parts.numbers('strides') ?? ones(2),
      dilations: parts.numbers('dilations') ?? ones(2),
      padding: parts.numbers('padding') ?? zeros(4),
    };
    const [groups, offsetGroups] = [parts.number('groups', 1), parts.number('offsetGroups', 1)];
    if (offsets[1] !== offsetGroups * taps * 2 || channels % offsetGroups !== 0) {
      throw parts.mismatch(`offsets of [${offsets}] aren't those of ${offsetGroups} groups of ${taps} taps`);
    }
    const moves = parts.transpose(parts.input(2), toLast(4));
    const masks = parts.has(4) ? parts.transpose(parts.input(4), toLast(4)) : undefined;
    const image = parts.transpose(parts.input(0), toLast(4));
    const each = channels / offsetGroups;
    const unit = (places: string, extent: number) =>
      parts.binary('add', parts.scaled(places, 2 / extent), parts.scalar(1 / extent - 1));
    const sampled = Array.from({ length: offsetGroups }, (_, group) => {
      const own = offsetGroups === 1 ? image : parts.slice(image, 3, group * each, (group + 1) * each);
      return Array.from({ length: taps }, (_, tap) => {
        const at = 2 * (group * taps + tap);
        const along = (axis: 0 | 1) => {
          const move = parts.slice(moves, 3, at + axis, at + axis + 1);
          return unit(parts.binary('add', move, restingPlaces(parts, windows, tap, axis)), axis === 0 ? height : width);
        };
        const grid = parts.apply('concat', [along(1), along(0)], { axis: 3 });
        const values = parts.apply('gridSample', [own, grid], {
          mode: 'linear',
          outside: 'zeros',
          alignCorners: false,
        });
        if (masks === undefined) return values;
        return parts.binary('mul', values, parts.slice(masks, 3, at / 2, at / 2 + 1));
      });
    });
    // [N, rows, columns, taps, C], as a convolution over taps alone.
    const stacked = Array.from({ length: taps }, (_, tap) => {
      const all = sampled.map((group) => group[tap]);
      const joined = all.length === 1 ? all[0] : parts.apply('concat', all, { axis: 3 });
      return parts.reshape(joined, [batch, windows.counts[0] * windows.counts[1], 1, channels]);
    });
    const columns = parts.apply('concat', stacked, { axis: 2 });
    const flat = parts.reshape(parts.input(1), [filters[0], filters[1], 1, taps]);
    const inputs = [columns, flat, ...(parts.has(3) ? [parts.input(3)] : [])];
    const attributes = { strides: [1, 1], dilations: [1, 1], padding: zeros(4), groups };
    const sums = parts.reshape(parts.apply('conv', inputs, attributes), [batch, ...windows.counts, filters[0]]);
    return [parts.transpose(sums, toFirst(4))];
  },
};

export const spatial = { maxUnpool, col2Im, affineGrid, deformConv };
