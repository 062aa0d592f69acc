// Max and average pooling over 1 to 3 spatial axes, channels last.

import { QuadlaneError } from '../../errors.js';
import { type Windows, windowCounts, windowsOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { ofRank, sameRank } from '../lowering/partialShapes.js';
import { extentArguments, mapArguments, spatial, spatialAxes } from '../lowering/views.js';
import { samePadded } from '../lowering/windows.js';
import type { Attributes, GradientRule, Lowering, Operator, View } from '../operator.js';

export interface PoolAttributes extends Attributes {
  readonly kernelShape: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Before each spatial axis, then after each. */
  readonly padding?: readonly number[];
  /** Rounds the number of windows up. */
  readonly ceil?: boolean;
  /** 'same-upper' or 'same-lower': padding that keeps ceil(extent / stride) outputs. */
  readonly autoPad?: string;
}

export interface AveragePoolAttributes extends PoolAttributes {
  /** Cells of the padding count in the mean. */
  readonly includePadding?: boolean;
}

export interface MaxPoolAttributes extends PoolAttributes {
  /** 1: the second output numbers the last two spatial axes column by column (ONNX). */
  readonly storageOrder?: number;
}

/** The windows of a pool over `input`. */
export function poolWindows(input: TensorType, attributes: PoolAttributes): Windows {
  const { kernelShape = [], strides, padding, dilations } = attributes;
  const extents = input.shape.slice(1, -1);
  if (input.shape.length < 3 || kernelShape.length !== extents.length) {
    throw new QuadlaneError(
      'SHAPE',
      `a pool over ${kernelShape.length} axes takes [images, ${kernelShape.length} spatial axes, channels], not rank ${input.shape.length}`,
    );
  }
  if (attributes.ceil && padding?.some((amount) => amount < 0)) {
    throw new QuadlaneError('UNSUPPORTED', 'a pool that rounds up and crops: slice its input before');
  }
  return samePadded(windowsOf(kernelShape, strides, padding, dilations), extents, attributes.autoPad);
}

/** Shape of a pool's result. */
export function pooledShape(input: TensorType, attributes: PoolAttributes): number[] {
  const counts = windowCounts(input.shape.slice(1, -1), poolWindows(input, attributes), attributes.ceil);
  return [input.shape[0], ...counts, input.shape.at(-1)!];
}

/** What all pooling kernels take. */
export function poolArguments(input: View, output: View, windows: Windows) {
  const to = spatial(output);
  const rank = windows.kernelShape.length;
  const [kernelPlanes, kernelRows, kernelColumns] = spatialAxes(windows.kernelShape, 1);
  const [stridePlanes, strideRows, strideColumns] = spatialAxes(windows.strides, 1);
  const [dilationPlanes, dilationRows, dilationColumns] = spatialAxes(windows.dilations, 1);
  const [paddingPlanes, paddingRows, paddingColumns] = spatialAxes(windows.padding.slice(0, rank), 0);
  return {
    ...extentArguments(input),
    ...mapArguments('input', input),
    ...mapArguments('output', output),
    channels: input.shape.at(-1)!,
    outputPlanes: to.planes,
    outputRows: to.rows,
    outputColumns: to.columns,
    kernelPlanes,
    kernelRows,
    kernelColumns,
    stridePlanes,
    strideRows,
    strideColumns,
    dilationPlanes,
    dilationRows,
    dilationColumns,
    paddingPlanes,
    paddingRows,
    paddingColumns,
  };
}

const averagePoolGradient: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => [
  apply('averagePoolGradient', [gradient()], { ...attributes, extents: type(input).shape.slice(1, -1) }),
];

export const averagePool: Operator<AveragePoolAttributes> = {
  name: 'averagePool',
  windowResult: 'mean',
  keepsNonNegative: true,
  partialShapes: sameRank,
  gradient: averagePoolGradient,
  float32: true,

  infer: ([input], attributes) => [{ dtype: 'float32', shape: pooledShape(input!, attributes) }],

  windows: ([input], attributes) => poolWindows(input!, attributes),

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const windows = poolWindows(input, attributes);
    const [paddingBehindPlanes, paddingBehindRows, paddingBehindColumns] = spatialAxes(
      windows.padding.slice(windows.kernelShape.length),
      0,
    );
    lowering.step('f32_average_pool', {
      ...poolArguments(input, output, windows),
      countsPadding: attributes.includePadding ? 1 : 0,
      paddingBehindPlanes,
      paddingBehindRows,
      paddingBehindColumns,
    });
  },
};

const maxPoolGradient: GradientRule = ({ apply, inputs: [input], attributes, output, gradient }) => [
  apply('maxPoolGradient', [input, output(), gradient()], attributes),
];

export const maxPool: Operator<MaxPoolAttributes> = {
  name: 'maxPool',
  windowResult: 'maximum',
  keepsNonNegative: true,
  partialShapes: ([input]) => [ofRank(input?.length), ofRank(input?.length)],
  gradient: maxPoolGradient,

  infer([input], attributes) {
    const shape = pooledShape(input!, attributes);
    return [
      { dtype: input!.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },

  windows: ([input], attributes) => poolWindows(input!, attributes),

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const pooling = poolArguments(input, output, poolWindows(input, attributes));
    if (lowering.hasOutput(1)) lowerWithIndices(lowering, attributes, pooling, input);
    else if (input.dtype === 'float32') lowering.step('f32_max_pool', pooling);
    else if (input.dtype === 'uint8') lowering.step('u8_max_pool', pooling);
    else if (input.dtype === 'int8') lowering.step('i8_max_pool', pooling);
    else throw new QuadlaneError('UNSUPPORTED', `maxPool runs on float32, uint8 and int8, not ${input.dtype}`);
  },
};

/** Indices count through the tensor as ONNX lays it out: channels first. */
function lowerWithIndices(
  lowering: Lowering,
  attributes: MaxPoolAttributes,
  pooling: ReturnType<typeof poolArguments>,
  input: View,
): void {
  if (input.dtype !== 'float32') {
    throw new QuadlaneError('UNSUPPORTED', `maxPool with indices runs on float32, not ${input.dtype}`);
  }
  const { planes, rows, columns, channels } = pooling;
  const byColumns = attributes.storageOrder === 1;
  lowering.step('f32_max_pool_indices', {
    ...pooling,
    ...mapArguments('indices', lowering.output(1)),
    imageIndex: channels * planes * rows * columns,
    channelIndex: planes * rows * columns,
    planeIndex: byColumns ? 1 : rows * columns,
    rowIndex: byColumns ? planes : columns,
    columnIndex: byColumns ? planes * rows : 1,
  });
}
