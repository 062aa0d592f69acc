// From pictures to vectors that lie near each other for pictures that are alike.

import { QuadlaneError } from '../errors.js';
import type { Model } from '../model/model.js';
import { checkOptions, flag } from '../options.js';
import { printable, shown } from '../printable.js';
import type { Picture } from './picture.js';
import { PictureModel } from './pictureModel.js';
import type { Preprocessing, PresetName } from './preprocessing.js';

export interface ImageEmbedderOptions {
  /** The output to take, or any value within the network, such as what its classifier is given. Default: the first output. */
  output?: string;
  /** As for `imageClassifier`. */
  preprocessing?: Preprocessing | PresetName;
  /** Scales each vector to length 1, so that products are cosines. Default: true. */
  normalize?: boolean;
}

export interface ImageEmbedder {
  /**
   * The vector of a picture: all numbers of the output, in its order.
   * @throws QuadlaneError `ARGUMENT` for what is no picture; as `model.run`
   */
  embed(picture: Picture): Promise<Float32Array>;
}

/**
 * An embedder of pictures, for searching and comparing them.
 * @throws QuadlaneError `ARGUMENT` where the model takes no pictures; `FORMAT`
 */
export function imageEmbedder(model: Model, options: ImageEmbedderOptions = {}): ImageEmbedder {
  const call = 'imageEmbedder()';
  const {
    output,
    preprocessing,
    normalize = true,
  } = checkOptions(call, options, ['output', 'preprocessing', 'normalize']);
  flag('normalize', normalize);
  if (output !== undefined && (typeof output !== 'string' || output === '')) {
    throw new QuadlaneError('ARGUMENT', `output must be the name of a value; got ${printable(shown(output))}`);
  }
  const pictures = new PictureModel(call, model, preprocessing);
  return {
    async embed(picture) {
      const vector = await pictures.run('embed()', picture, output);
      if (!normalize) return vector;
      const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
      return length > 0 ? vector.map((value) => value / length) : vector;
    },
  };
}
