// Non-maximum suppression: the boxes of every class by score, without those that overlap a better one.

import { QuadlaneError } from '../../errors.js';
import { heapBytes } from '../../layouts.generated.js';
import { formatShape, sizeOf } from '../../shape.js';
import { ofRank } from '../lowering/partialShapes.js';
import { numberOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface NonMaxSuppressionAttributes extends Attributes {
  readonly mostPerClass?: number;
  /** A box is [x, y, width, height] of its centre, not two opposite corners [y, x, y, x]. */
  readonly centred?: boolean;
}

/**
 * Inputs: boxes `[batches, boxes, 4]`, scores `[batches, classes, boxes]`, optionally the intersection over union beyond
 * which the lower one goes and the score that must be exceeded, and the most to choose of each class.
 * Output: `[rows, 3]` of batch, class and box; a run tells how many rows there are.
 */
export const nonMaxSuppression: Operator<NonMaxSuppressionAttributes> = {
  name: 'nonMaxSuppression',
  outputType: () => 'int64',
  needs: 2,
  gradient: 'is a choice of boxes, which changes in jumps',
  partialShapes: () => [ofRank(2)],
  shapeInputs: [4],
  countsRows: true,

  bake: (attributes, [, , , , most]) => ({
    ...attributes,
    mostPerClass: most ? numberOf(most, 'the most boxes of a class') : 0,
  }),

  infer([boxes, scores, ...thresholds], { mostPerClass = 0 }) {
    const [batches, count, four] = boxes!.shape;
    const [sameBatches, classes, sameCount] = scores!.shape;
    const ranks = boxes!.shape.length === 3 && scores!.shape.length === 3;
    if (!ranks || four !== 4 || batches !== sameBatches || count !== sameCount) {
      throw new QuadlaneError(
        'SHAPE',
        `nonMaxSuppression takes boxes [batches, boxes, 4] and scores [batches, classes, boxes], not ${formatShape(boxes!.shape)} and ${formatShape(scores!.shape)}`,
      );
    }
    if (boxes!.dtype !== 'float32' || scores!.dtype !== 'float32') {
      throw new QuadlaneError('SHAPE', `boxes and scores are float32, not ${boxes!.dtype} and ${scores!.dtype}`);
    }
    thresholds.forEach((threshold, index) => {
      if (!threshold || (threshold.dtype === 'float32' && sizeOf(threshold.shape) === 1)) return;
      throw new QuadlaneError(
        'SHAPE',
        `the ${index === 0 ? 'overlap' : 'score'} threshold is one float32, not ${threshold.dtype} ${formatShape(threshold.shape)}: leave it out or give it a value`,
      );
    });
    const shape = [batches * classes * Math.max(0, Math.min(mostPerClass, count)), 3];
    sizeOf(shape);
    return [{ dtype: 'int64', shape }];
  },

  lower(lowering, { mostPerClass = 0, centred }) {
    const [boxes, scores] = [lowering.dense(0), lowering.dense(1)];
    const [batches, classes, count] = scores.shape;
    const threshold = (index: number) => (lowering.has(index) ? lowering.dense(index).pointer : 0);
    lowering.step('non_max_suppression', {
      boxes: boxes.pointer,
      scores: scores.pointer,
      overlap: threshold(2),
      least: threshold(3),
      output: lowering.denseOutput().pointer,
      rows: lowering.rows(),
      batches,
      classes,
      count,
      mostPerClass: Math.max(0, Math.min(mostPerClass, count)),
      isCentred: centred ? 1 : 0,
      scratch: lowering.temporary(heapBytes(count)),
    });
  },
};
