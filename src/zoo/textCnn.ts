// A convolutional network over word vectors (Kim 2014) for the classification of sentences.

import { conv1d } from '../layers/convolution.js';
import { dense } from '../layers/dense.js';
import { input } from '../layers/layer.js';
import { concat } from '../layers/merge.js';
import type { Network } from '../layers/network.js';
import { globalMaxPool1d } from '../layers/pooling.js';
import { dropout } from '../layers/regularization.js';
import { checkOptions } from '../options.js';
import { type ClassifierOptions, network } from './architecture.js';

export interface TextCnnOptions extends Pick<ClassifierOptions, 'classes' | 'weights' | 'seed'> {
  /** Words in a text. Default: 64. */
  length?: number;
  /** Numbers that stand for a word. Default: 300, as word2vec. */
  features?: number;
  /** Words that a filter spans. Default: [3, 4, 5]. */
  windows?: readonly number[];
  /** Filters of each span. Default: 100. */
  filters?: number;
}

/** `words` `[length, features]`, a vector a word, to `logits` of 2 classes. Its layers are convs.0, convs.1, ... and fc. */
export function textCnn(options: TextCnnOptions = {}): Network<'logits'> {
  checkOptions('textCnn', options, ['length', 'features', 'windows', 'filters', 'classes', 'weights', 'seed']);
  const { length = 64, features = 300, windows = [3, 4, 5], filters = 100, classes = 2 } = options;
  const x = input([length, features], { name: 'words' });
  const found = windows.map((kernelSize, index) =>
    globalMaxPool1d()(conv1d({ filters, kernelSize, activation: 'relu', name: `convs.${index}` })(x)),
  );
  return network(x, { logits: dense({ units: classes, name: 'fc' })(dropout()(concat()(found))) }, options);
}
