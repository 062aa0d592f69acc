// Depthwise convolution of 8-bit integers: one filter a channel.

import {
  depthwiseBlockBytes,
  depthwiseLineColumns,
  depthwiseLines,
  depthwiseScratch,
  depthwiseTapsScratch,
} from '../../layouts.generated.js';
import { ElementType, type KernelArguments } from '../kernels.generated.js';
import type { Lowering } from '../operator.js';
import { packedWeights, packFilters, type Requantized, resultArguments, weightZeroStride } from './integerProduct.js';

/** What integer_conv is told of where it reads and writes, and of its windows. */
type Places = Pick<
  KernelArguments['integer_conv'],
  | 'input'
  | 'output'
  | 'images'
  | `${'input' | 'output'}${'Image' | 'Plane' | 'Row' | 'Column'}Stride`
  | `${'input' | 'kernel' | 'stride' | 'dilation' | 'padding'}${'Planes' | 'Rows' | 'Columns'}`
  | 'planes'
  | 'rows'
  | 'columns'
>;

/** Bytes of the lines that a chunk of channels takes: what is written to them is read from the first-level cache. */
const LINES_BYTES = 32 * 1024;

const sliding = {
  3: ['integer_depthwise_3x3', 'integer_depthwise_3x3_s2'],
  5: ['integer_depthwise_5x5', 'integer_depthwise_5x5_s2'],
} as const;

/** The kernel that slides along rows for windows it knows, the general one otherwise. */
export function lowerIntegerDepthwise(lowering: Lowering, attributes: Requantized, places: Places): void {
  const channels = lowering.type(1).shape[0];
  const { kernelPlanes, kernelRows, kernelColumns, strideRows, strideColumns } = places;
  const work = {
    ...places,
    ...resultArguments(lowering, attributes),
    multiplierGroup: 0,
    elementBytes: 2,
    flip: 0,
    groups: 1,
    channels,
    filters: 1,
    inputGroupStride: 0,
    outputGroupStride: 0,
  };
  const isPlain =
    kernelPlanes * places.planes * places.inputPlanes * places.dilationRows * places.dilationColumns === 1;
  const isSquare = isPlain && kernelRows === kernelColumns && strideRows === strideColumns;
  const kernel = isSquare ? sliding[kernelRows as keyof typeof sliding]?.[strideRows - 1] : undefined;
  if (!kernel) {
    const taps = kernelPlanes * kernelRows * kernelColumns;
    const filters = {
      groups: 1,
      filters: channels,
      taps,
      channels: 1,
      groupStride: 0,
      filterStride: taps,
      tapStride: 1,
    };
    const weights = packFilters(lowering, { ...filters, channelStride: 0 }, true, undefined, {
      elementBytes: 2,
      flip: 0,
    });
    const scratchStride = depthwiseTapsScratch(taps, channels);
    const scratch = lowering.scratch(scratchStride);
    lowering.step('integer_depthwise', { ...work, weights, blockWindows: 0, scratch, scratchStride });
    return;
  }
  const width = kernelRows;
  const lineColumns = depthwiseLineColumns(places.columns, width, strideRows);
  const fitting = 8 * Math.max(1, Math.floor(LINES_BYTES / (32 * depthwiseLines(width) * lineColumns)));
  const blockWindows = Math.min(8 * Math.ceil(channels / 8), fitting);
  const bytes = Math.ceil(channels / 4) * depthwiseBlockBytes(width);
  const weights = packedWeights(lowering, 'integer depthwise', bytes, (step, source, target, zero, bias) =>
    step('pack_integer_depthwise', {
      source,
      type: ElementType[lowering.type(1).dtype],
      zero,
      zeroStride: weightZeroStride(lowering),
      bias,
      target,
      channels,
      width,
    }),
  );
  const scratchStride = depthwiseScratch(places.columns, width, strideRows, blockWindows);
  const scratch = lowering.scratch(scratchStride);
  lowering.step(kernel, { ...work, weights, blockWindows, scratch, scratchStride });
}
