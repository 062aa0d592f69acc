// Convolution as its definition reads: channels last, float64 sums, one loop an axis.

/** One number an axis, in the order depth, height, width. */
export type PerAxis = readonly [number, number, number];

export interface ConvolutionOptions {
  strides?: PerAxis;
  dilations?: PerAxis;
  /** Zeros before the first element of each axis. */
  paddingBefore?: PerAxis;
  /** Zeros behind the last element of each axis. */
  paddingAfter?: PerAxis;
  groups?: number;
}

/** `[N, D, H, W, C]` with `[O, C / groups, KD, KH, KW]` gives this `[N, D', H', W', O]`. */
export function convolutionShape(
  xShape: readonly number[],
  wShape: readonly number[],
  options: ConvolutionOptions = {},
): number[] {
  const { strides = [1, 1, 1], dilations = [1, 1, 1], paddingBefore = [0, 0, 0], paddingAfter = [0, 0, 0] } = options;
  const spatial = strides.map((stride, axis) => {
    const padded = xShape[axis + 1] + paddingBefore[axis] + paddingAfter[axis];
    const window = (wShape[axis + 2] - 1) * dilations[axis] + 1;
    return Math.max(0, Math.floor((padded - window) / stride) + 1);
  });
  return [xShape[0], ...spatial, wShape[0]];
}

/** `x` `[N, D, H, W, C]` convolved with `w` `[O, C / groups, KD, KH, KW]`, plus `bias` `[O]`. */
export function convolution(
  x: ArrayLike<number>,
  xShape: readonly number[],
  w: ArrayLike<number>,
  wShape: readonly number[],
  bias: ArrayLike<number> | null,
  options: ConvolutionOptions = {},
): Float64Array {
  const { strides = [1, 1, 1], dilations = [1, 1, 1], paddingBefore = [0, 0, 0], groups = 1 } = options;
  const [, depth, height, width, channels] = xShape;
  const [filters, groupChannels, kernelDepth, kernelHeight, kernelWidth] = wShape;
  const [images, planes, rows, columns] = convolutionShape(xShape, wShape, options);
  const filtersPerGroup = filters / groups;
  const y = new Float64Array(images * planes * rows * columns * filters);
  let at = 0;
  for (let n = 0; n < images; n++)
    for (let plane = 0; plane < planes; plane++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          for (let o = 0; o < filters; o++) {
            const firstChannel = Math.floor(o / filtersPerGroup) * groupChannels;
            let sum = bias ? bias[o] : 0;
            for (let kd = 0; kd < kernelDepth; kd++) {
              const d = plane * strides[0] + kd * dilations[0] - paddingBefore[0];
              if (d < 0 || d >= depth) continue;
              for (let kh = 0; kh < kernelHeight; kh++) {
                const h = row * strides[1] + kh * dilations[1] - paddingBefore[1];
                if (h < 0 || h >= height) continue;
                for (let kw = 0; kw < kernelWidth; kw++) {
                  const v = column * strides[2] + kw * dilations[2] - paddingBefore[2];
                  if (v < 0 || v >= width) continue;
                  for (let c = 0; c < groupChannels; c++) {
                    const xAt = (((n * depth + d) * height + h) * width + v) * channels + firstChannel + c;
                    const wAt = (((o * groupChannels + c) * kernelDepth + kd) * kernelHeight + kh) * kernelWidth + kw;
                    sum += x[xAt] * w[wAt];
                  }
                }
              }
            }
            y[at++] = sum;
          }
  return y;
}
