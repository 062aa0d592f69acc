// How the cases of each family are computed: from the parameters of a case, in PyTorch's words, to operators.

import { sizeOf } from '../../../src/shape.js';
import type { Tensor } from '../../../src/tensor.js';
import { buildLoss, type Loss } from '../../../src/train/loss.js';
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  klDivergence,
  l1,
  meanSquaredError,
  multiMargin,
  smoothL1,
} from '../../../src/train/losses.js';
import { blend } from '../../../src/train/mode.js';
import { blocks } from './blocks.js';
import type { Case } from './case.js';
import type { Builder, Built } from './graph.js';

export type CaseBuilder = (builder: Builder, test: Case, inputs: ReadonlyMap<string, Tensor>) => Built;

const both = (padding: readonly number[]) => [...padding, ...padding];

const convolution =
  (op: string): CaseBuilder =>
  (build, { params, inputs }) => {
    const list = (value: number | number[]) => (typeof value === 'number' ? [value] : value);
    const attributes = {
      strides: list(params.stride),
      padding: both(list(params.padding)),
      dilations: list(params.dilation),
      ...(params.outputPadding && { outputPadding: list(params.outputPadding) }),
      groups: params.groups,
    };
    const operands = [build.last('x'), 'w', inputs.includes('b') ? 'b' : ''];
    return { y: build.first(build.apply(op, operands, attributes)) };
  };

const pool =
  (op: string): CaseBuilder =>
  (build, { params }) => {
    const attributes = {
      kernelShape: params.kernel,
      strides: params.stride,
      padding: both(params.padding),
      ...(params.dilation && { dilations: params.dilation }),
      ceil: params.ceilMode,
      includePadding: params.countIncludePad,
    };
    return { y: build.first(build.apply(op, [build.last('x')], attributes)) };
  };

/** Activations by PyTorch's name: the operator's name, alpha and beta. */
function activationOf(params: Case['params']): [string, number?, number?] | undefined {
  const infinity = Number.POSITIVE_INFINITY;
  const known: Record<string, [string, number?, number?]> = {
    relu: ['clip', 0, infinity],
    relu6: ['clip', 0, 6],
    leaky_relu: ['leakyRelu', params.slope],
    hardtanh: ['clip', params.min, params.max],
    elu: ['elu', params.alpha],
    selu: ['selu', 1.6732632423543772, 1.0507009873554805],
    celu: ['celu', params.alpha],
    gelu: [params.approximate === 'tanh' ? 'geluTanh' : 'gelu'],
    sigmoid: ['sigmoid'],
    tanh: ['tanh'],
    softplus: ['softplus'],
    softsign: ['softsign'],
    hard_sigmoid: ['hardSigmoid', 1 / 6, 0.5],
    hard_swish: ['hardSwish'],
    silu: ['silu'],
    mish: ['mish'],
    threshold: ['thresholdedRelu', params.threshold],
  };
  return known[params.kind];
}

const activations: CaseBuilder = (build, { params }) => {
  const found = activationOf(params);
  const { apply, unary, binary } = build;
  if (found) {
    const [activation, alpha = 0, beta = 0] = found;
    return { y: apply('activation', ['x'], { activation, alpha, beta }) };
  }
  switch (params.kind) {
    case 'exp':
    case 'abs':
      return { y: unary(params.kind, 'x') };
    case 'square':
      return { y: binary('mul', 'x', 'x') };
    case 'log_sigmoid':
      return { y: unary('neg', apply('activation', [unary('neg', 'x')], { activation: 'softplus' })) };
    case 'prelu': {
      const slope = build.reshape('slope', [-1, 1, 1]);
      const below = apply('activation', ['x'], { activation: 'clip', alpha: Number.NEGATIVE_INFINITY, beta: 0 });
      return { y: binary('add', build.relu('x'), binary('mul', below, slope)) };
    }
    default:
      throw new Error(`no activation ${params.kind}`);
  }
};

const batchNorm: CaseBuilder = (build, { params, inputs }): Built => {
  const { graphBuilder, type, apply } = build;
  const channels = type('x').shape[1];
  const filled = (value: number) => apply('constantOfShape', [], { shape: [channels], value });
  const [gamma, beta] = inputs.includes('gamma') ? ['gamma', 'beta'] : [filled(1), filled(0)];
  const x = build.last('x');
  if (!params.training) {
    const operands = [x, gamma, beta, 'running_mean', 'running_var'];
    const y = build.first(apply('batchNorm', operands, { epsilon: params.eps }));
    return { y, new_running_mean: 'running_mean', new_running_var: 'running_var' };
  }
  const [y, mean, variance] = ['normalized', 'mean', 'variance'];
  const node = { name: y, op: 'batchNormTraining', inputs: [x, gamma, beta], outputs: [y, mean, variance] };
  graphBuilder.push({ ...node, attributes: { epsilon: params.eps } });
  const count = sizeOf(type(x).shape) / channels;
  const moved = (statistic: string, batch: string, correction: number) =>
    blend(graphBuilder, statistic, { batch, momentum: 1 - params.momentum, correction });
  return {
    y: build.first(y),
    new_running_mean: moved('running_mean', mean, 1),
    new_running_var: moved('running_var', variance, count / (count - 1)),
  };
};

const otherNorms: CaseBuilder = (build, { params }) => {
  const epsilon = params.eps;
  if (params.kind === 'layer_norm') return { y: build.apply('layerNorm', ['x', 'gamma', 'beta'], { epsilon }) };
  const x = build.last('x');
  if (params.kind === 'local_response_norm') {
    const { size, alpha, beta, k } = params;
    return { y: build.first(build.apply('responseNorm', [x], { size, alpha, beta, bias: k })) };
  }
  const attributes = { epsilon, ...(params.groups && { groups: params.groups }) };
  return { y: build.first(build.apply('groupNorm', [x, 'gamma', 'beta'], attributes)) };
};

const graphOps: CaseBuilder = (build, { params, inputs }) => {
  const { apply, binary, type } = build;
  switch (params.kind) {
    case 'concat':
      return {
        y: apply(
          'concat',
          inputs.filter((name) => name.startsWith('x')),
          { axis: params.axis },
        ),
      };
    case 'resize': {
      const { shape } = type('x');
      const sizes = params.size ?? shape.slice(2).map((extent: number) => extent * params.scale_factor);
      const nearest = params.mode === 'nearest';
      const attributes = {
        sizes,
        axes: [1, 2],
        mode: nearest ? 'nearest' : 'linear',
        coordinates: params.align_corners ? 'align_corners' : nearest ? 'asymmetric' : 'half_pixel',
        ...(nearest && { nearest: 'floor' }),
      };
      return { y: build.first(apply('resize', [build.last('x')], attributes)) };
    }
    case 'pixel_shuffle': {
      const attributes = { blockSize: params.factor, blocksInside: true };
      return { y: build.first(apply('depthToSpace', [build.last('x')], attributes)) };
    }
    case 'pad': {
      const { left, right, top, bottom } = params.pads;
      const padding = [0, 0, top, left, 0, 0, bottom, right];
      const mode = params.mode === 'replicate' ? 'edge' : params.mode;
      return { y: apply('pad', ['x'], { mode, padding, value: params.value }) };
    }
    case 'matmul':
      return { y: apply('matmul', ['a', 'b'], {}) };
    case 'reduce_mean':
    case 'reduce_sum': {
      const attributes = { reduction: params.kind.slice(7), axes: params.axes, keepDims: params.keepDims };
      return { y: apply('reduce', ['x'], attributes) };
    }
    case 'embedding':
      return { y: apply('gather', ['w', 'ids'], { axis: 0 }) };
    default:
      return { y: binary(params.kind, 'a', 'b') };
  }
};

function lossOf(params: Case['params'], weights: readonly number[] | undefined, reduction: 'mean' | 'sum'): Loss {
  const classWeights = weights && { classWeights: weights };
  switch (params.kind) {
    case 'cross_entropy':
      return crossEntropy({ reduction, labelSmoothing: params.labelSmoothing, axis: 1, ...classWeights });
    case 'cross_entropy_soft_targets':
      return crossEntropy({ reduction, axis: 1 });
    case 'mse':
      return meanSquaredError({ reduction });
    case 'l1':
      return l1({ reduction });
    case 'smooth_l1':
      return smoothL1({ reduction, beta: params.beta });
    case 'huber':
      return huber({ reduction, delta: params.delta });
    case 'bce_with_logits':
      return binaryCrossEntropy({ reduction, ...(weights && { positiveWeights: weights }) });
    case 'bce':
      return binaryCrossEntropy({ reduction, logits: false });
    case 'multi_margin':
      return multiMargin({ reduction, margin: params.margin, power: params.p, ...classWeights });
    case 'kl_div':
      return klDivergence();
    default:
      throw new Error(`no loss ${params.kind}`);
  }
}

const losses: CaseBuilder = (build, { params }, inputs) => {
  if (params.kind === 'l2_penalty') {
    const squares = build.apply('reduce', ['x'], { reduction: 'sumSquare', keepDims: false });
    return { y: build.binary('mul', squares, build.scalar(params.lambda_ / 2)) };
  }
  const given = inputs.get('weight') ?? inputs.get('pos_weight');
  const loss = lossOf(params, given && Array.from(given.data, Number), params.reduction === 'sum' ? 'sum' : 'mean');
  if (params.reduction === 'none') return { y: loss.terms(build, 'x', 'target').values };
  return { y: buildLoss(build, loss, 'x', 'target') };
};

export const families: Readonly<Record<string, CaseBuilder>> = {
  activations,
  avg_pool2d: pool('averagePool'),
  batch_norm: batchNorm,
  blocks,
  conv1d: convolution('conv'),
  conv2d: convolution('conv'),
  conv_transpose2d: convolution('convTranspose'),
  dropout: (build, { params }) => {
    const kept = build.binary('mul', 'mask', build.scalar(1 / (1 - params.p)));
    return { y: build.binary('mul', 'x', kept) };
  },
  global_pool: (build, { params }) => {
    const op = params.kind === 'avg' ? 'globalAveragePool' : 'globalMaxPool';
    return { y: build.first(build.apply(op, [build.last('x')], {})) };
  },
  graph_ops: graphOps,
  linear: (build, { inputs }) => {
    const bias = inputs.includes('b') ? 'b' : '';
    return { y: build.apply('matmul', ['x', 'w', bias], { transposeB: true }) };
  },
  losses,
  max_pool2d: pool('maxPool'),
  other_norms: otherNorms,
  softmax: (build, { params }) => {
    const log = params.kind === 'log_softmax';
    return { y: build.apply('softmax', ['x'], { axis: params.axis, log }) };
  },
};
