// Gradient of a convolution's filters as its definition reads: channels last, float64 sums, one loop an axis.
import { type ConvolutionOptions, convolutionShape } from './conv.js';

/** `x` `[N, D, H, W, C]` and the gradient of the output for filters `[O, C / groups, KD, KH, KW]` give that of the filters. */
export function filterGradient(
  x: ArrayLike<number>,
  xShape: readonly number[],
  gradient: ArrayLike<number>,
  wShape: readonly number[],
  options: ConvolutionOptions = {},
): Float64Array {
  const { strides = [1, 1, 1], dilations = [1, 1, 1], paddingBefore = [0, 0, 0], groups = 1 } = options;
  const [, depth, height, width, channels] = xShape;
  const [filters, groupChannels, kernelDepth, kernelHeight, kernelWidth] = wShape;
  const [images, planes, rows, columns] = convolutionShape(xShape, wShape, options);
  const result = new Float64Array(wShape.reduce((product, extent) => product * extent, 1));
  let at = 0;
  for (let o = 0; o < filters; o++)
    for (let c = 0; c < groupChannels; c++)
      for (let kd = 0; kd < kernelDepth; kd++)
        for (let kh = 0; kh < kernelHeight; kh++)
          for (let kw = 0; kw < kernelWidth; kw++, at++) {
            const channel = Math.floor(o / (filters / groups)) * groupChannels + c;
            for (let n = 0; n < images; n++)
              for (let plane = 0; plane < planes; plane++)
                for (let row = 0; row < rows; row++)
                  for (let column = 0; column < columns; column++) {
                    const d = plane * strides[0] + kd * dilations[0] - paddingBefore[0];
                    const h = row * strides[1] + kh * dilations[1] - paddingBefore[1];
                    const v = column * strides[2] + kw * dilations[2] - paddingBefore[2];
                    if (d < 0 || d >= depth || h < 0 || h >= height || v < 0 || v >= width) continue;
                    const xAt = (((n * depth + d) * height + h) * width + v) * channels + channel;
                    const gAt = (((n * planes + plane) * rows + row) * columns + column) * filters + o;
                    result[at] += x[xAt] * gradient[gAt];
                  }
          }
  return result;
}
