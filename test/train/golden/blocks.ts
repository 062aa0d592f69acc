// The small networks of the family `blocks`: as its "layers" describe them.

import { buildLoss } from '../../../src/train/loss.js';
import { crossEntropy } from '../../../src/train/losses.js';
import type { CaseBuilder } from './families.js';
import type { Builder } from './graph.js';

const pads = (size: number) => [size, size, size, size];

function pieces(build: Builder) {
  const { apply, binary } = build;
  const conv = (x: string, w: string, bias = '', padding = 1, attributes = {}) =>
    apply('conv', [x, w, bias], { padding: pads(padding), ...attributes });
  return {
    conv,
    linear: (x: string, w: string, bias = '') => apply('matmul', [x, w, bias], { transposeB: true }),
    maxPool: (x: string, size = 2, stride = 2, padding = 0) =>
      apply('maxPool', [x], { kernelShape: [size, size], strides: [stride, stride], padding: pads(padding) }),
    norm: (x: string, scale: string, shift: string) => apply('batchNormTraining', [x, scale, shift], { epsilon: 1e-5 }),
    means(x: string) {
      const pooled = apply('globalAveragePool', [x], {});
      const { shape } = build.type(pooled);
      return build.reshape(pooled, [shape[0], shape[3]]);
    },
    loss: (logits: string) => ({ y: buildLoss(build, crossEntropy(), logits, 'target') }),
    add: (a: string, b: string) => binary('add', a, b),
  };
}

export const blocks: CaseBuilder = (build, { name }) => {
  const { relu, apply, binary, first, last, reshape, type } = build;
  const { conv, linear, maxPool, norm, means, loss, add } = pieces(build);
  const x = last('x');
  if (name.startsWith('plain')) {
    const a = maxPool(relu(conv(x, 'w1', 'b1')));
    const b = first(maxPool(relu(conv(a, 'w2', 'b2'))));
    return loss(linear(reshape(b, [type(b).shape[0], -1]), 'fw', 'fb'));
  }
  if (name.startsWith('residual')) {
    const a = relu(norm(conv(x, 'w0'), 'n0g', 'n0b'));
    const b = relu(norm(conv(a, 'w1'), 'n1g', 'n1b'));
    const c = norm(conv(b, 'w2'), 'n2g', 'n2b');
    return loss(linear(means(relu(add(a, c))), 'fw', 'fb'));
  }
  if (name.startsWith('separable')) {
    const channels = type('x').shape[1];
    const deep = conv(x, 'wd', '', 1, { strides: [2, 2], groups: channels });
    const a = apply('activation', [conv(deep, 'w1', 'b1', 0)], { activation: 'hardSwish' });
    const squeezed = relu(linear(means(a), 's1'));
    const gate = { activation: 'hardSigmoid', alpha: 1 / 6, beta: 0.5 };
    const s = apply('activation', [linear(squeezed, 's2')], gate);
    const [images, units] = type(s).shape;
    return loss(linear(means(binary('mul', a, reshape(s, [images, 1, 1, units]))), 'fw', 'fb'));
  }
  if (name.startsWith('inception')) {
    const branches = [relu(conv(x, 'w1', '', 0)), relu(conv(x, 'w2')), relu(conv(maxPool(x, 3, 1, 1), 'w3', '', 0))];
    return loss(linear(means(apply('concat', branches, { axis: 3 })), 'fw', 'fb'));
  }
  const a = relu(conv(x, 'w1'));
  const b = relu(conv(maxPool(a), 'w2'));
  const up = apply('convTranspose', [b, 'u', ''], { strides: [2, 2] });
  const c = apply('concat', [up, a], { axis: 3 });
  return loss(conv(relu(conv(c, 'w3')), 'w4', 'b4', 0));
};
