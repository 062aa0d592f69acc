// A single-shot detector (Liu et al. 2016): box and class predictions from maps of falling size.

import { softmax } from '../layers/activations.js';
import { conv2d } from '../layers/convolution.js';
import type { Value } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { reshape } from '../layers/reshaping.js';
import { checkOptions } from '../options.js';
import { image, network, type ZooOptions, zooOptions } from './architecture.js';
import { type ConvNormOptions, convNorm } from './blocks.js';

export interface SsdOptions extends ZooOptions {
  /** Number of classes, the background (class 0) counted. Default: 21, as Pascal VOC. */
  classes?: number;
  /** Default boxes at each place of a map. Default: 6. */
  boxes?: number;
  /** Filters of the first convolution; each stage doubles them, up to 8 times. Default: 16. */
  width?: number;
  /** Maps that predictions are made from, each half the size of the one before; the first has a stride of 16. Default: 4. */
  maps?: number;
}

/** Stages before the first map. */
const FIRST_MAP = 3;

/**
 * A small detector: `image` `[256, 256, 3]` to `boxes` `[places, 4]`, offsets from default boxes, and `scores`
 * `[places, classes]`, softmax over the classes. Places run over the maps, then rows, columns and default boxes.
 */
export function ssd(options: SsdOptions = {}): Network<'boxes' | 'scores'> {
  checkOptions('ssd', options, [...zooOptions, 'classes', 'boxes', 'width', 'maps']);
  const { classes = 21, boxes = 6, width = 16, maps = 4 } = options;
  const x = image(options, 256);
  const conv = (y: Value, name: string, layer: ConvNormOptions) =>
    convNorm(y, [`${name}.conv`, `${name}.bn`], { kernelSize: 3, activation: 'relu', ...layer });
  let y = conv(x, 'backbone.0', { filters: width, strides: 2 });
  const found: Value[] = [];
  for (let stage = 1; stage < FIRST_MAP + maps; stage++) {
    const filters = width * Math.min(8, 2 ** stage);
    y = conv(conv(y, `backbone.${stage}.down`, { filters, strides: 2 }), `backbone.${stage}.same`, { filters });
    if (stage >= FIRST_MAP) found.push(y);
  }
  const offsets = predictions(found, 'head.boxes', boxes, 4);
  const scores = softmax()(predictions(found, 'head.scores', boxes, classes));
  return network(x, { boxes: offsets, scores }, options);
}

/** `size` numbers for each default box of each place, all maps one behind the other. */
function predictions(maps: readonly Value[], name: string, boxes: number, size: number): Value {
  const parts = maps.map((map, index) => {
    const predicted = conv2d({ filters: boxes * size, kernelSize: 3, padding: 1, name: `${name}.${index}` })(map);
    return reshape([-1, size])(predicted);
  });
  return concat({ axis: 1 })(parts);
}
