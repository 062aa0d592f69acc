// Transposed convolution as its definition reads: every input pixel adds its multiple of the filters to the result.

import type { PerAxis } from './conv.js';

export interface TransposedOptions {
  strides: PerAxis;
  dilations: PerAxis;
  /** Elements of the full result before the first one that is kept. */
  before: PerAxis;
  /** Elements kept of each axis: [depth, height, width]. */
  extents: PerAxis;
  groups: number;
}

/** `x` `[N, D, H, W, C]` with `w` `[C, F / groups, KD, KH, KW]`, plus `bias` `[F]`; the magnitudes add absolute values. */
export function convTranspose(
  x: ArrayLike<number>,
  xShape: readonly number[],
  w: ArrayLike<number>,
  wShape: readonly number[],
  bias: ArrayLike<number> | null,
  { strides, dilations, before, extents, groups }: TransposedOptions,
): { values: Float64Array; magnitudes: Float64Array } {
  const [images, depth, height, width, channels] = xShape;
  const [, perGroup, kernelDepth, kernelHeight, kernelWidth] = wShape;
  const filters = perGroup * groups;
  const values = new Float64Array(images * extents[0] * extents[1] * extents[2] * filters);
  const magnitudes = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = bias ? bias[i % filters] : 0;
    magnitudes[i] = Math.abs(values[i]);
  }
  for (let n = 0; n < images; n++)
    for (let d = 0; d < depth; d++)
      for (let h = 0; h < height; h++)
        for (let v = 0; v < width; v++)
          for (let c = 0; c < channels; c++)
            for (let kd = 0; kd < kernelDepth; kd++)
              for (let kh = 0; kh < kernelHeight; kh++)
                for (let kw = 0; kw < kernelWidth; kw++) {
                  const plane = d * strides[0] + kd * dilations[0] - before[0];
                  const row = h * strides[1] + kh * dilations[1] - before[1];
                  const column = v * strides[2] + kw * dilations[2] - before[2];
                  if (plane < 0 || row < 0 || column < 0) continue;
                  if (plane >= extents[0] || row >= extents[1] || column >= extents[2]) continue;
                  const pixel = ((n * extents[0] + plane) * extents[1] + row) * extents[2] + column;
                  const from = x[(((n * depth + d) * height + h) * width + v) * channels + c];
                  const group = Math.floor(c / (channels / groups));
                  for (let f = 0; f < perGroup; f++) {
                    const tap = (((c * perGroup + f) * kernelDepth + kd) * kernelHeight + kh) * kernelWidth + kw;
                    values[pixel * filters + group * perGroup + f] += from * w[tap];
                    magnitudes[pixel * filters + group * perGroup + f] += Math.abs(from * w[tap]);
                  }
                }
  return { values, magnitudes };
}
