// The small networks of the family `blocks`: as their "layers" describe them.

import { buildLoss } from '../../../src/train/loss.js';
import { describe } from './description.js';
import type { CaseBuilder } from './families.js';
import { lossOf } from './losses.js';
import { buildNetwork } from './network.js';

export const blocks: CaseBuilder = (build, { params, inputs }) => {
  let hasLoss = false;
  const y = buildNetwork(describe(params.layers), {
    build,
    input: 'x',
    parameters: inputs.filter((name) => !['x', 'target', 'gy'].includes(name)),
    loss(logits, settings) {
      hasLoss = true;
      return buildLoss(build, lossOf({ kind: 'cross_entropy', ...settings }), logits, 'target');
    },
  });
  if (hasLoss || inputs.includes('gy')) return { y };
  return { y: buildLoss(build, lossOf(params.loss ?? { kind: 'cross_entropy' }), y, 'target') };
};
