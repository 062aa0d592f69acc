// Losses by PyTorch's names and settings, and by words.

import type { Loss, Reduction } from '../../../src/train/loss.js';
import * as losses from '../../../src/train/losses.js';
import { Cannot, plain, readingAll } from './given.js';

// biome-ignore lint/suspicious/noExplicitAny: each loss has settings of its own
type Given = Readonly<Record<string, any>>;

export interface LossWeights {
  readonly weight?: readonly number[] | undefined;
  readonly positive?: readonly number[] | undefined;
}

/** What builds each loss, by its name without spaces; `common` has the reduction. */
const kinds: Readonly<Record<string, (common: { reduction?: Reduction }, given: Given, weights: LossWeights) => Loss>> =
  {
    crossentropy: (common, { labelSmoothing = 0 }, { weight }) =>
      losses.crossEntropy({ ...common, labelSmoothing, axis: 1, ...(weight && { classWeights: weight }) }),
    mse: (common) => losses.meanSquaredError(common),
    l1: (common) => losses.l1(common),
    smoothl1: (common, { beta = 1 }) => losses.smoothL1({ ...common, beta }),
    huber: (common, { delta = 1 }) => losses.huber({ ...common, delta }),
    bcewithlogits: (common, _, { positive }) =>
      losses.binaryCrossEntropy({ ...common, ...(positive && { positiveWeights: positive }) }),
    bce: (common) => losses.binaryCrossEntropy({ ...common, logits: false }),
    multimargin: (common, { margin = 1, p = 1 }, { weight }) =>
      losses.multiMargin({ ...common, margin, power: p, ...(weight && { classWeights: weight }) }),
    kldiv: (common) => losses.klDivergence(common),
  };

const aliases: Readonly<Record<string, string>> = {
  crossentropysofttargets: 'crossentropy',
  crossentropyloss: 'crossentropy',
  softmaxcrossentropy: 'crossentropy',
  mseloss: 'mse',
  meansquarederror: 'mse',
  squarederror: 'mse',
  l1loss: 'l1',
  mae: 'l1',
  meanabsoluteerror: 'l1',
  absoluteerror: 'l1',
  smoothl1loss: 'smoothl1',
  huberloss: 'huber',
  binarycrossentropywithlogits: 'bcewithlogits',
  bcewithlogitsloss: 'bcewithlogits',
  binarycrossentropy: 'bce',
  bceloss: 'bce',
  multimarginloss: 'multimargin',
  hinge: 'multimargin',
  kldivergence: 'kldiv',
  kldivloss: 'kldiv',
};

/** The loss that `given` names, with all of its settings. */
export function lossOf(given: Given, weights: LossWeights = {}): Loss {
  return readingAll(`the loss ${given.kind}`, given, (read) => {
    const name = plain(read.kind);
    const make = kinds[aliases[name] ?? name];
    if (!make) throw new Cannot(`no loss ${read.kind} is known`);
    const weighted = weights.weight !== undefined || weights.positive !== undefined;
    if (read.weighted !== undefined && read.weighted !== weighted) throw new Cannot('its weights are not given');
    return make(reductionOf(read.reduction), read, weights);
  });
}

function reductionOf(name: string | undefined): { reduction?: Reduction } {
  // Losses without a reduction are compared term by term.
  if (name === undefined || name === 'none') return {};
  const known: Readonly<Record<string, Reduction>> = { mean: 'mean', sum: 'sum', batchmean: 'batchMean' };
  if (!(plain(name) in known)) throw new Cannot(`no reduction ${name} is known`);
  return { reduction: known[plain(name)] };
}

/** Words behind the name of a loss. */
const phrases: readonly (readonly [RegExp, (value: string) => Given])[] = [
  [/^(mean|sum|batch ?mean)(?: over (?:the )?(?:batch|pixels|elements|all elements))?$/, (a) => ({ reduction: a })],
  [/^(?:with )?label smoothing (?:of )?([\d.e-]+)$/, (a) => ({ labelSmoothing: Number(a) })],
  [/^(?:with )?delta (?:of )?([\d.e-]+)$/, (a) => ({ delta: Number(a) })],
  [/^(?:with )?beta (?:of )?([\d.e-]+)$/, (a) => ({ beta: Number(a) })],
  [/^(?:with )?margin (?:of )?([\d.e-]+)$/, (a) => ({ margin: Number(a) })],
  [/^(?:with )?(?:p|power) (?:of )?([\d.e-]+)$/, (a) => ({ p: Number(a) })],
  [/^(?:against |of )?one-?hot(?: labels| targets)?$/, () => ({ oneHot: true })],
];

/** A loss as an object, or in words: "cross entropy, label smoothing 0.1, mean over the batch". */
export function describedLoss(given: unknown): { readonly loss: Loss; readonly oneHot: boolean } {
  const { oneHot = false, ...settings } =
    typeof given === 'string' ? inWords(given) : (given as Given & { kind: string });
  const name = plain(String(settings.kind));
  const labels = ['crossentropy', 'multimargin'].includes(aliases[name] ?? name);
  return { loss: lossOf(settings), oneHot: oneHot || !labels };
}

function inWords(text: string): Given {
  const [first, ...rest] = text.toLowerCase().split(/\s*[,;]\s*|\s+(?=with label|against )/);
  const settings = rest.map((words) => {
    for (const [pattern, read] of phrases) {
      const found = pattern.exec(words);
      if (found) return read(found[1]);
    }
    throw new Cannot(`no meaning is known for "${words}" of the loss "${text}"`);
  });
  return Object.assign({ kind: first }, ...settings);
}
