// From pictures to the classes that a network tells apart.

import { QuadlaneError } from '../errors.js';
import type { Model } from '../model/model.js';
import { checkOptions, numberIn } from '../options.js';
import { type Labels, labelsOfProperties, matchLabels, namesIn } from './labels.js';
import type { Picture } from './picture.js';
import { PictureModel } from './pictureModel.js';
import type { Preprocessing, PresetName } from './preprocessing.js';

export interface ImageClassifierOptions {
  /** Names of the classes, or a map from their numbers. Default: those that the file names, else their numbers. */
  labels?: Labels;
  /**
   * How pictures become the input. Default: what the file says, else `raw` for inputs of bytes, `zero-to-one` for grey ones and
   * `imagenet` for others.
   */
  preprocessing?: Preprocessing | PresetName;
}

export interface ClassifyOptions {
  /** How many answers. Default: 5. */
  topK?: number;
}

/** A class that a picture may be of. */
export interface Classification {
  readonly label: string;
  /** From 0 to 1. */
  readonly score: number;
  /** The class's number in the network's output. */
  readonly index: number;
}

/** Tells what is in pictures. */
export interface ImageClassifier {
  /** How pictures become the input. */
  readonly preprocessing: Preprocessing;
  /** Whether that was given, is the file's own word, or a guess. */
  readonly preprocessingOrigin: 'given' | 'file' | 'default';
  /** What was done to the labels so that they fit, where something was. */
  readonly note?: string | undefined;
  /**
   * The likeliest classes of a picture, the likeliest first.
   * @throws QuadlaneError `ARGUMENT` for what is no picture, and labels that don't fit what comes out; as `model.run`
   */
  classify(picture: Picture, options?: ClassifyOptions): Promise<Classification[]>;
}

/**
 * A classifier of pictures: a model with one input for pictures, whose first output is a row of scores. Scores that are
 * probabilities stay as they are, others become such by softmax.
 * @throws QuadlaneError `ARGUMENT` where the model takes no pictures, or the labels don't fit; `FORMAT`
 */
export function imageClassifier(model: Model, options: ImageClassifierOptions = {}): ImageClassifier {
  const call = 'imageClassifier()';
  const { labels, preprocessing } = checkOptions(call, options, ['labels', 'preprocessing']);
  const pictures = new PictureModel(call, model, preprocessing);
  const given = labels === undefined ? undefined : namesIn(labels);
  const listed = given ?? labelsOfProperties(model.metadata.properties);
  const declared = Object.values(model.outputs)[0].shape.slice(1);
  const known = declared.every((extent) => typeof extent === 'number') ? product(declared as number[]) : undefined;
  let matched = known !== undefined && listed ? matchLabels(listed, known) : undefined;
  return {
    preprocessing: pictures.preprocessing,
    preprocessingOrigin: pictures.origin,
    get note() {
      return matched?.note;
    },
    async classify(picture, options = {}) {
      const { topK = 5 } = checkOptions('classify()', options, ['topK']);
      numberIn('topK', topK, { from: 1, whole: true });
      const scores = probabilities(await pictures.run('classify()', picture));
      if (listed) matched ??= matchLabels(listed, scores.length);
      const names = matched?.names;
      return greatest(scores, topK).map((index) => ({
        label: names?.[index] ?? String(index),
        score: scores[index],
        index,
      }));
    },
  };
}

function product(extents: readonly number[]): number {
  return extents.reduce((all, extent) => all * extent, 1);
}

/** How far the sum of probabilities may be from 1: as many roundings to 8 bits as a thousand classes have. */
const SUM_ERROR = 0.25;

/** `scores` as probabilities: as they are where they are none of them negative and sum to about 1; softmax of them else. */
export function probabilities(scores: Float32Array): Float32Array {
  if (scores.some((score) => Number.isNaN(score))) {
    throw new QuadlaneError(
      'INPUT',
      "the network's scores are NaN: its weights are damaged, or its preprocessing is another",
    );
  }
  const sum = scores.reduce((all, score) => all + score, 0);
  if (scores.every((score) => score >= 0 && score <= 1) && Math.abs(sum - 1) <= SUM_ERROR) return scores;
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}

/** Places of the `count` greatest numbers, the greatest first; of equal ones the first. */
function greatest(numbers: Float32Array, count: number): number[] {
  return [...numbers.keys()].sort((a, b) => numbers[b] - numbers[a] || a - b).slice(0, count);
}
