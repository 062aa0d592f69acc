// Convolution of 8-bit integers, channels last, exact: sums in 32 bits, or brought back to 8 bits by a multiplier.

import { sizeOf } from '../../shape.js';
import { conv, convWindows } from '../convolution/conv.js';
import { type ConvAttributes, windowAxes } from '../convolution/geometry.js';
import { rankOfEither } from '../lowering/partialShapes.js';
import { extentArguments, mapArguments, spatial } from '../lowering/views.js';
import type { Lowering, Operator } from '../operator.js';
import { lowerIntegerDepthwise } from './integerDepthwise.js';
import {
  type Filters,
  formOf,
  packFilters,
  productArguments,
  productType,
  type Requantized,
  resultArguments,
  resultType,
} from './integerProduct.js';
import { exactTiles, integerWinogradForm, type Tile, winogradArguments } from './integerWinograd.js';

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

  largerForm: ([x, filters], attributes) =>
    integerWinogradForm(x!, filters!, convWindows(x!, filters!, attributes), attributes.groups ?? 1, false),

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
    const group = {
      inputGroupStride: channels,
      outputGroupStride: perGroup * (output.dtype === 'int32' ? 4 : 1),
    };
    const tile = lowering.winograd && winogradTile(lowering, attributes);
    if (tile) {
      const results = resultArguments(lowering, attributes);
      lowering.step(tile === 4 ? 'integer_winograd_4x4' : 'integer_winograd_2x2', {
        ...places,
        ...results,
        ...group,
        ...winogradArguments(lowering, tile, groups),
        multiplierGroup: results.multiplierStride * perGroup,
        groups,
        channels,
        filters: perGroup,
      });
      return;
    }
    lowering.step('integer_conv', {
      ...places,
      ...group,
      ...productArguments(lowering, filters, false, attributes),
      weights: packFilters(lowering, filters, false),
    });
  },

  cost: ([, filters], [output]) => sizeOf(output.shape) * sizeOf(filters!.shape.slice(1)),
};

/** The tile of the Winograd form that is right for these weights and faster than direct convolution. */
function winogradTile(lowering: Lowering, attributes: ConvIntegerAttributes) {
  const [x, filters] = [lowering.type(0), lowering.type(1)];
  const windows = convWindows(x, filters, attributes);
  const form = (tiles?: readonly Tile[]) =>
    integerWinogradForm(x, filters, windows, attributes.groups ?? 1, formOf(lowering).elementBytes === 1, tiles);
  return form() && form(exactTiles(lowering))?.tile;
}
