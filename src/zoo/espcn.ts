// ESPCN (Shi et al. 2016): super-resolution that computes at the low resolution and enlarges at the very end.

import { conv2d } from '../layers/convolution.js';
import type { Network } from '../layers/network.js';
import { pixelShuffle } from '../layers/reshaping.js';
import { checkOptions } from '../options.js';
import { image, network, type ZooOptions, zooOptions } from './architecture.js';

export interface EspcnOptions extends ZooOptions {
  /** How many times larger the result is. Default: 3. */
  factor?: number;
  /** Filters of the first layer; the second has half as many. Default: 64. */
  width?: number;
}

/**
 * ESPCN: `image` `[H, W, C]` (by default 224x224, one channel of luminance) to `enlarged` `[H factor, W factor, C]`.
 * Its layers are conv1 to conv4, as in PyTorch's super-resolution example.
 */
export function espcn(options: EspcnOptions = {}): Network<'enlarged'> {
  checkOptions('espcn', options, [...zooOptions, 'factor', 'width']);
  const { factor = 3, width = 64 } = options;
  const x = image(options, 224, 1);
  let y = conv2d({ filters: width, kernelSize: 5, padding: 2, activation: 'relu', name: 'conv1' })(x);
  y = conv2d({ filters: width, kernelSize: 3, padding: 1, activation: 'relu', name: 'conv2' })(y);
  y = conv2d({ filters: Math.ceil(width / 2), kernelSize: 3, padding: 1, activation: 'relu', name: 'conv3' })(y);
  y = conv2d({ filters: x.shape[2] * factor ** 2, kernelSize: 3, padding: 1, name: 'conv4' })(y);
  return network(x, { enlarged: pixelShuffle(factor)(y) }, options);
}
