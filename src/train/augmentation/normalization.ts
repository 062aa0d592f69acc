// Images of mean 0 and deviation 1 in each channel, by the statistics of a whole data set.

import { QuadlaneError } from '../../errors.js';
import { formatShape } from '../../shape.js';
import { Tensor } from '../../tensor.js';

/** Mean and deviation of every channel. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Mean and deviation of each channel over all images and pixels.
 * @param images float32 `[N, H, W, C]` (any rank, channels last)
 */
export function channelStatistics(images: Tensor): ChannelStatistics {
  const data = floats(images);
  const channels = images.shape.at(-1)!;
  const count = data.length / channels;
  const mean = new Array<number>(channels).fill(0);
  data.forEach((value, i) => {
    mean[i % channels] += value / count;
  });
  const variance = new Array<number>(channels).fill(0);
  data.forEach((value, i) => {
    variance[i % channels] += (value - mean[i % channels]) ** 2 / count;
  });
  return { mean, deviation: variance.map(Math.sqrt) };
}

/** (x - mean) / deviation in every channel; channels that don't vary become 0. `images` as in `channelStatistics`. */
export function normalize(images: Tensor, { mean, deviation }: ChannelStatistics): Tensor<'float32'> {
  const channels = images.shape.at(-1)!;
  if (mean.length !== channels || deviation.length !== channels) {
    throw new QuadlaneError(
      'SHAPE',
      `statistics of ${mean.length} channels don't fit images of shape ${formatShape(images.shape)}`,
    );
  }
  const scale = deviation.map((value) => (value > 0 ? 1 / value : 0));
  const data = floats(images).map((value, i) => (value - mean[i % channels]) * scale[i % channels]);
  return new Tensor('float32', [...images.shape], data);
}

function floats({ data, dtype, shape }: Tensor): Float32Array {
  if (dtype === 'float32' && data.length > 0) return data as Float32Array;
  throw new QuadlaneError('SHAPE', `float32 images are needed, at least one, not ${dtype} ${formatShape(shape)}`);
}
