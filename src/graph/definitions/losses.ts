// Losses of classes: ONNX's NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss.

import type { Definition, Parts } from './definition.js';

/**
 * The loss of logarithms of probabilities [N, C, ...] for classes [N, ...], with weights of classes where input 2 is there. Attributes:
 * `reduction`, `ignored`, the class that doesn't count.
 */
function likelihoodLoss(parts: Parts, logarithms: string): string {
  const shape = parts.shape(0);
  const [, classes, ...others] = shape;
  const outer = [shape[0], ...others];
  const axes = [...outer.keys()];
  const given = parts.cast(parts.input(1), 'int64');
  const ignored = parts.attributes.ignored as number | undefined;
  const isIgnored = ignored === undefined ? undefined : parts.compare('equal', given, parts.scalar(ignored, 'int64'));
  const targets = isIgnored === undefined ? given : parts.where(isIgnored, parts.scalar(0, 'int64'), given);
  const indices = parts.reshape(targets, [shape[0], 1, ...others]);
  const chosen = parts.reshape(parts.apply('gatherElements', [logarithms, indices], { axis: 1 }), outer);
  if (parts.has(2) && parts.shape(2)[0] !== classes) throw parts.mismatch(`${classes} classes have as many weights`);
  const plain = parts.has(2) ? parts.apply('gather', [parts.input(2), targets], { axis: 0 }) : undefined;
  const weights = isIgnored === undefined ? plain : parts.where(isIgnored, parts.scalar(0), plain ?? parts.scalar(1));
  const losses = parts.unary('neg', weights === undefined ? chosen : parts.binary('mul', chosen, weights));
  const reduction = parts.attributes.reduction as string;
  if (reduction === 'none') return losses;
  if (reduction === 'mean' && weights === undefined) return parts.reduce('mean', losses, axes, false);
  const sum = parts.reduce('sum', losses, axes, false);
  return reduction === 'mean' ? parts.binary('div', sum, parts.reduce('sum', weights!, axes, false)) : sum;
}

const negativeLogLikelihood: Definition = {
  needs: 2,
  required: ['reduction'],
  build: (parts) => [likelihoodLoss(parts, parts.input(0))],
};

const crossEntropy: Definition = {
  needs: 2,
  required: ['reduction'],
  build(parts) {
    const logarithms = parts.apply('softmax', [parts.input(0)], { log: true, axis: 1 });
    return [likelihoodLoss(parts, logarithms), logarithms];
  },
};

export const losses = { negativeLogLikelihood, crossEntropy };
