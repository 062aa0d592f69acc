// What networks of pictures share: a model, how it takes pictures, and a run on one.

import { QuadlaneError } from '../errors.js';
import type { Model } from '../model/model.js';
import { shown } from '../printable.js';
import type { Tensor } from '../tensor.js';
import { preprocessingOfProperties } from './configuration.js';
import { type Picture, pixelsOf } from './picture.js';
import { PictureInput } from './pictureInput.js';
import { type Preprocessing, type PresetName, preprocessingOf } from './preprocessing.js';

/** A model that takes pictures, with one output that is looked at. */
export class PictureModel {
  readonly input: PictureInput;
  /** Where the preprocessing is from: the caller, the file, or what most networks have. */
  readonly origin: 'given' | 'file' | 'default';
  readonly preprocessing: Preprocessing;

  /** @throws QuadlaneError `ARGUMENT` where the model takes no pictures, or not as `given` says; `FORMAT` */
  constructor(
    call: string,
    readonly model: Model,
    given: Preprocessing | PresetName | undefined,
  ) {
    if (typeof model?.runSync !== 'function' || typeof model.inputs !== 'object') {
      throw new QuadlaneError('ARGUMENT', `${call} takes a model of loadModel(); got ${shown(model)}`);
    }
    const own = given === undefined ? preprocessingOfProperties(model.metadata.properties) : undefined;
    this.origin = given !== undefined ? 'given' : own ? 'file' : 'default';
    this.preprocessing = preprocessingOf(given ?? own ?? usualFor(model));
    this.input = new PictureInput(model, this.preprocessing);
  }

  /** All numbers of the output `name`, or of the first, for one picture. */
  async run(call: string, picture: Picture, name?: string): Promise<Float32Array> {
    const { model, input } = this;
    const { tensor } = input.take(model.module, pixelsOf(call, picture));
    const output = name ?? Object.keys(model.outputs)[0];
    const outputs: Record<string, Tensor> = await model.run({ [input.name]: tensor }, { outputs: [output] });
    return outputs[output].toFloat32();
  }
}

/** How pictures are taken where neither the caller nor the file says: bytes as they are, grey from 0 to 1, colours as ImageNet's. */
function usualFor({ inputs }: Model): PresetName {
  const [{ dtype, shape }] = Object.values(inputs);
  if (dtype === 'uint8' || dtype === 'int8') return 'raw';
  return shape[1] === 1 || shape[3] === 1 ? 'zero-to-one' : 'imagenet';
}
