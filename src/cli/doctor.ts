// quadlane doctor: which preprocessing a classifier was trained with, by its answers to pictures.

import { printable } from '../printable.js';
import {
  type ImageClassifier,
  imageClassifier,
  type Picture,
  type Preprocessing,
  type PresetName,
  presets,
} from '../vision/index.js';
import { modelAt } from './files.js';
import { forEachPicture, labelsAt, picturePaths } from './pictures.js';
import { note, threadsIn, UsageError } from './usage.js';

export interface DoctorOptions {
  readonly labels?: string;
  readonly threads: string;
}

/** More than any network's classes. */
const ALL = 2 ** 30;

/** Pictures that the answers of a network can differ on. */
const FEWEST = 3;

/**
 * Shares of a picture that are looked at. One view alone may be surer with inputs that are too large (SqueezeNet with raw values);
 * the mean of these four puts the right preset first for the two photo networks that it was tried on.
 */
const VIEWS = [0.5, 0.7, 0.875, 1];

interface Finding {
  readonly preset: PresetName;
  /** Mean over the pictures of the first answer's mean score over the views. */
  readonly confidence: number;
  /** The class that wins most pictures, and how many. */
  readonly winner: string;
  readonly wins: number;
}

/** Tries each preset on different pictures: the right one is sure of itself and doesn't say the same of all. */
export async function doctor(path: string, given: readonly string[], options: DoctorOptions): Promise<string> {
  const paths = picturePaths(given);
  if (paths.length < FEWEST) {
    throw new UsageError(`doctor takes at least ${FEWEST} pictures of different things, not ${paths.length}`);
  }
  using model = await modelAt(path, threadsIn(options.threads));
  const labels = options.labels === undefined ? undefined : labelsAt(options.labels);
  const isGrey = Object.values(model.inputs).some(({ shape }) => shape[1] === 1 || shape[3] === 1);
  const names = (Object.keys(presets) as PresetName[]).filter((name) => !isGrey || isForGrey(presets[name]));
  const classifiers = names.map((name) =>
    VIEWS.map((crop) =>
      imageClassifier(model, { preprocessing: { ...presets[name], crop }, ...(labels && { labels }) }),
    ),
  );
  const answers = await forEachPicture(paths, async (picture) => {
    const first: Answer[] = [];
    for (const views of classifiers) first.push(await firstAnswer(views, picture));
    return first;
  });
  if (answers.length < FEWEST) throw new UsageError(`only ${answers.length} of the pictures can be read`);
  const [[{ note: said }]] = classifiers;
  if (said) note(said);
  const findings = names.map((preset, at): Finding => {
    const own = answers.map((first) => first[at]);
    const counts = new Map<string, number>();
    for (const { label } of own) counts.set(label, (counts.get(label) ?? 0) + 1);
    const [winner, wins] = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
    return { preset, confidence: own.reduce((sum, { score }) => sum + score, 0) / own.length, winner, wins };
  });
  const isStuck = ({ wins }: Finding) => wins > answers.length / 2;
  const order = findings.sort((a, b) => Number(isStuck(a)) - Number(isStuck(b)) || b.confidence - a.confidence);
  const width = Math.max(...names.map((name) => name.length));
  const lines = order.map((finding) => {
    const { preset, confidence, winner, wins } = finding;
    const warning = isStuck(finding)
      ? `  says "${printable(winner)}" of ${wins} of ${answers.length}: not this one`
      : '';
    return `${preset.padEnd(width)}  ${confidence.toFixed(3)}${warning}`;
  });
  const verdict = isStuck(order[0])
    ? 'each says the same of most pictures: give pictures of different things, or the network needs other preprocessing than any preset'
    : `most confident: --preprocessing ${order[0].preset}`;
  return `${'preset'.padEnd(width)}  mean score of the first answers over views of each picture\n${lines.join('\n')}\n\n${verdict}\n`;
}

/** Whether it says nothing of three channels. */
function isForGrey({ channels, mean }: Preprocessing): boolean {
  return channels === undefined && !Array.isArray(mean);
}

interface Answer {
  readonly label: string;
  readonly score: number;
}

/** The class whose mean score over the views is the greatest. */
async function firstAnswer(views: readonly ImageClassifier[], picture: Picture): Promise<Answer> {
  const scores = new Map<number, Answer>();
  for (const view of views) {
    for (const { index, label, score } of await view.classify(picture, { topK: ALL })) {
      scores.set(index, { label, score: (scores.get(index)?.score ?? 0) + score / views.length });
    }
  }
  return [...scores.values()].reduce((most, answer) => (answer.score > most.score ? answer : most));
}
