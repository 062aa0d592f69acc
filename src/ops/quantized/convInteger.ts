// Convolution of 8-bit integers, channels last, exact: sums in 32 bits, or brought back to 8 bits by a multiplier.

import { sizeOf } from '../../shape.js';
import { conv, convWindows } from '../convolution/conv.js';
import { type ConvAttributes, windowAxes } from '../convolution/geometry.js';
import { rankOfEither } from '../lowering/partialShapes.js';
import { extentArguments, mapArguments, spatial } from '../lowering/views.js';
import type { Operator } from '../operator.js';
import { lowerIntegerDepthwise } from './integerDepthwise.js';
import {
  type Filters,
  packFilters,
  productArguments,
  productType,
  type Requantized,
  resultType,
} from './integerProduct.js';

export interface ConvIntegerAttributes extends ConvAttributes, Requantized {}

/**
 * Inputs: x, filters as `conv` takes them, and optionally the zero of x (one element, which the padding has too), the zero
 * of the filters (one, or one each), bias (int32), multiplier (float32, one, or one for each filter) and the zero of the result.
 */
export const convInteger: Operator<ConvIntegerAttributes> = {
  name: 'convInteger',
  outputType: (_, inputs) => resultType(inputs),
  needs: 2,
  gradient: 'is made of integers',
  partialShapes: rankOfEither,

  infer(inputs, attributes) {
    const [x, filters, , , bias] = inputs;
    const [{ shape }] = conv.infer([x, filters, bias], attributes);
    return [{ dtype: productType(inputs, filters!.shape[0]), shape }];
  },

  windows: conv.windows,

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    if (sizeOf(output.shape) === 0) return;
    const [count, channels, ...kernelShape] = lowering.type(1).shape;
    const windows = windowAxes(convWindows(input, lowering.type(1), attributes));
    const { kernel, strides, dilations, before } = windows;
    const groups = attributes.groups ?? 1;
    const [taps, perGroup] = [sizeOf(kernelShape), count / groups];
    const from = spatial(input);
    const places = {
      ...extentArguments(output),
      ...mapArguments('input', input),
      ...mapArguments('output', output),
      inputPlanes: from.planes,
      inputRows: from.rows,
      inputColumns: from.columns,
      kernelPlanes: kernel[0],
      kernelRows: kernel[1],
      kernelColumns: kernel[2],
      stridePlanes: strides[0],
      strideRows: strides[1],
      strideColumns: strides[2],
      dilationPlanes: dilations[0],
      dilationRows: dilations[1],
      dilationColumns: dilations[2],
      paddingPlanes: before[0],
      paddingRows: before[1],
      paddingColumns: before[2],
    };
    if (groups > 1 && channels === 1 && perGroup === 1) {
      lowerIntegerDepthwise(lowering, attributes, places);
      return;
    }
    const filters: Filters = {
      groups,
      filters: perGroup,
      taps,
      channels,
      groupStride: perGroup * channels * taps,
      filterStride: channels * taps,
      tapStride: 1,
      channelStride: taps,
    };
    lowering.step('integer_conv', {
      ...places,
      ...productArguments(lowering, filters, false, attributes),
      weights: packFilters(lowering, filters, false),
      inputGroupStride: channels,
      outputGroupStride: perGroup * (output.dtype === 'int32' ? 4 : 1),
    });
  },

  cost: ([, filters], [output]) => sizeOf(output.shape) * sizeOf(filters!.shape.slice(1)),
};
