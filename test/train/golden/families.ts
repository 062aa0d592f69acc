// How the cases of each family are computed: from the parameters of a case, in PyTorch's words, to operators. What a case
// says and no builder reads is refused (given.ts).

import { sizeOf } from '../../../src/shape.js';
import type { Tensor } from '../../../src/tensor.js';
import { buildLoss } from '../../../src/train/loss.js';
import { blend } from '../../../src/train/mode.js';
import { blocks } from './blocks.js';
import type { Case } from './case.js';
import { Cannot, perAxis } from './given.js';
import type { Builder, Built } from './graph.js';
import { logSigmoid, prelu, resizing } from './layers.js';
import { lossOf } from './losses.js';

export type CaseBuilder = (builder: Builder, test: Case, inputs: ReadonlyMap<string, Tensor>) => Built;

const both = (padding: readonly number[]) => [...padding, ...padding];

/** Spatial axes of a value. */
const axesOf = (build: Builder, x: string) => build.type(x).shape.length - 2;

const convolution =
  (op: 'conv' | 'convTranspose'): CaseBuilder =>
  (build, { params, inputs }) => {
    const axes = axesOf(build, 'x');
    const bias = inputs.includes('b');
    if (params.bias !== undefined && params.bias !== bias)
      throw new Cannot(`bias is ${params.bias}, its values aren't`);
    const attributes = {
      strides: perAxis(params.stride ?? 1, axes),
      padding: both(perAxis(params.padding ?? 0, axes)),
      dilations: perAxis(params.dilation ?? 1, axes),
      ...(op === 'convTranspose' && { outputPadding: perAxis(params.outputPadding ?? 0, axes) }),
      groups: params.groups ?? 1,
    };
    return { y: build.first(build.apply(op, [build.last('x'), 'w', bias ? 'b' : ''], attributes)) };
  };

const pool =
  (op: 'maxPool' | 'averagePool'): CaseBuilder =>
  (build, { params }) => {
    const axes = axesOf(build, 'x');
    const attributes = {
      kernelShape: perAxis(params.kernel, axes),
      strides: perAxis(params.stride ?? params.kernel, axes),
      padding: both(perAxis(params.padding ?? 0, axes)),
      ceil: params.ceilMode ?? false,
      ...(op === 'maxPool'
        ? { dilations: perAxis(params.dilation ?? 1, axes) }
        : { includePadding: params.countIncludePad ?? true }),
    };
    return { y: build.first(build.apply(op, [build.last('x')], attributes)) };
  };

const infinity = Number.POSITIVE_INFINITY;

/** Activations by PyTorch's name: the operator's name, alpha and beta, or what is composed. */
const activationKinds: Readonly<
  Record<string, (params: Case['params'], build: Builder) => readonly [string, number?, number?] | string>
> = {
  relu: () => ['clip', 0, infinity],
  relu6: () => ['clip', 0, 6],
  leaky_relu: ({ slope = 0.01 }) => ['leakyRelu', slope],
  hardtanh: ({ min = -1, max = 1 }) => ['clip', min, max],
  elu: ({ alpha = 1 }) => ['elu', alpha],
  selu: () => ['selu', 1.6732632423543772, 1.0507009873554805],
  celu: ({ alpha = 1 }) => ['celu', alpha],
  gelu({ approximate = 'none' }) {
    const known: Readonly<Record<string, string>> = { none: 'gelu', tanh: 'geluTanh' };
    if (!known[approximate]) throw new Cannot(`gelu knows no approximation ${approximate}`);
    return [known[approximate]];
  },
  sigmoid: () => ['sigmoid'],
  tanh: () => ['tanh'],
  softplus({ beta = 1 }, build) {
    const scaled = build.apply('activation', [build.binary('mul', 'x', build.scalar(beta))], {
      activation: 'softplus',
    });
    return build.binary('div', scaled, build.scalar(beta));
  },
  softsign: () => ['softsign'],
  hard_sigmoid: () => ['hardSigmoid', 1 / 6, 0.5],
  hard_swish: () => ['hardSwish'],
  silu: () => ['silu'],
  mish: () => ['mish'],
  threshold({ threshold, value = 0 }, build) {
    const above = build.apply('compare', ['x', build.scalar(threshold)], { operation: 'greater' });
    return build.apply('where', [above, 'x', build.scalar(value)], {});
  },
  hardshrink: (params, build) => shrunk(build, params.lambd ?? 0.5, 0),
  softshrink: (params, build) => shrunk(build, params.lambd ?? 0.5, params.lambd ?? 0.5),
  tanhshrink: (_, build) => build.binary('sub', 'x', build.apply('activation', ['x'], { activation: 'tanh' })),
  log_sigmoid: (_, build) => logSigmoid(build, 'x'),
  square: (_, build) => build.binary('mul', 'x', 'x'),
  prelu: (_, build) => prelu(build, 'x', 'slope'),
};

for (const name of ['exp', 'abs', 'neg', 'log', 'sqrt', 'reciprocal', 'erf', 'sin', 'cos', 'sign']) {
  Object.assign(activationKinds, { [name]: (_: unknown, build: Builder) => build.unary(name, 'x') });
}

/** x moved towards 0 by `by` outside [-edge, edge], 0 inside. */
function shrunk(build: Builder, edge: number, by: number): string {
  const { binary, scalar, apply } = build;
  const side = (operation: string, bound: number, moved: string, otherwise: string) =>
    apply('where', [apply('compare', ['x', scalar(bound)], { operation }), moved, otherwise], {});
  const below = side('less', -edge, binary('add', 'x', scalar(by)), scalar(0));
  return side('greater', edge, binary('sub', 'x', scalar(by)), below);
}

const activations: CaseBuilder = (build, { params }) => {
  const make = activationKinds[params.kind];
  if (!make) throw new Cannot(`no activation ${params.kind} is known`);
  const found = make(params, build);
  if (typeof found === 'string') return { y: found };
  const [activation, alpha = 0, beta = 0] = found;
  return { y: build.apply('activation', ['x'], { activation, alpha, beta }) };
};

/** Scale and shift of `shape`: inputs of the case, or ones and zeros. */
function affine(build: Builder, { params, inputs }: Case, shape: readonly number[]): [string, string] {
  const given = inputs.includes('gamma');
  if (params.affine !== undefined && params.affine !== given)
    throw new Cannot(`affine is ${params.affine}, its values aren't`);
  const filled = (value: number) => build.apply('constantOfShape', [], { shape, value });
  return [given ? 'gamma' : filled(1), inputs.includes('beta') ? 'beta' : filled(0)];
}

const batchNorm: CaseBuilder = (build, test): Built => {
  const { graphBuilder, type, apply } = build;
  const { params } = test;
  const channels = type('x').shape[1];
  const [gamma, beta] = affine(build, test, [channels]);
  const x = build.last('x');
  const { eps = 1e-5, momentum = 0.1, training } = params;
  if (!training) {
    const operands = [x, gamma, beta, 'running_mean', 'running_var'];
    const y = build.first(apply('batchNorm', operands, { epsilon: eps }));
    return { y, new_running_mean: 'running_mean', new_running_var: 'running_var' };
  }
  const [y, mean, variance] = ['normalized', 'mean', 'variance'];
  const node = { name: y, op: 'batchNormTraining', inputs: [x, gamma, beta], outputs: [y, mean, variance] };
  graphBuilder.push({ ...node, attributes: { epsilon: eps } });
  if (!test.inputs.includes('running_mean')) return { y: build.first(y) };
  const count = sizeOf(type(x).shape) / channels;
  const moved = (statistic: string, batch: string, correction: number) =>
    blend(graphBuilder, statistic, { batch, momentum: 1 - momentum, correction });
  return {
    y: build.first(y),
    new_running_mean: moved('running_mean', mean, 1),
    new_running_var: moved('running_var', variance, count / (count - 1)),
  };
};

const otherNorms: CaseBuilder = (build, test) => {
  const { params } = test;
  const { shape } = build.type('x');
  const channelwise = (groups?: number): Built => {
    const attributes = { epsilon: params.eps ?? 1e-5, ...(groups !== undefined && { groups }) };
    const operands = [build.last('x'), ...affine(build, test, [shape[1]])];
    return { y: build.first(build.apply('groupNorm', operands, attributes)) };
  };
  switch (params.kind) {
    case 'layer_norm': {
      const inner = [params.normalizedShape].flat() as number[];
      if (shape.slice(-inner.length).join() !== inner.join())
        throw new Cannot(`[${inner}] isn't the end of [${shape}]`);
      const attributes = { axis: -inner.length, epsilon: params.eps ?? 1e-5 };
      return { y: build.apply('layerNorm', ['x', ...affine(build, test, inner)], attributes) };
    }
    case 'group_norm':
      return channelwise(params.groups);
    case 'instance_norm':
      return channelwise();
    case 'local_response_norm': {
      const { size, alpha = 1e-4, beta = 0.75, k = 1 } = params;
      return { y: build.first(build.apply('responseNorm', [build.last('x')], { size, alpha, beta, bias: k })) };
    }
    default:
      throw new Cannot(`no norm ${params.kind} is known`);
  }
};

/** Padding of all axes, in our order, from `{ left, right, top, bottom }` or PyTorch's list from the last axis on. */
function paddingOf(pads: unknown, rank: number): number[] {
  const names = ['left', 'right', 'top', 'bottom', 'front', 'back'];
  const list = Array.isArray(pads) ? pads : names.map((name) => (pads as Record<string, number>)[name] ?? 0);
  const unknown = Array.isArray(pads) ? [] : Object.keys(pads as object).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Cannot(`no padding ${unknown.join(', ')} is known`);
  const side = (at: number) => Array.from({ length: rank }, (_, axis) => list[2 * (rank - 1 - axis) + at] ?? 0);
  return [...side(0), ...side(1)];
}

const padModes: Readonly<Record<string, string>> = {
  replicate: 'edge',
  circular: 'wrap',
  reflect: 'reflect',
  constant: 'constant',
};
const reductions: Readonly<Record<string, string>> = {
  reduce_mean: 'mean',
  reduce_sum: 'sum',
  reduce_max: 'max',
  reduce_min: 'min',
  reduce_prod: 'prod',
};

const graphKinds: Readonly<Record<string, (build: Builder, test: Case) => string>> = {
  concat: ({ apply }, { inputs, params }) =>
    apply(
      'concat',
      inputs.filter((name) => name.startsWith('x')),
      { axis: params.axis },
    ),
  resize(build, { params }) {
    const spatial = build.type('x').shape.slice(2);
    const { size, scale_factor, mode = 'nearest', align_corners } = params;
    if (params.antialias) throw new Cannot('resizing with antialias');
    const factors = size ? undefined : perAxis(scale_factor, spatial.length);
    const sizes = factors
      ? spatial.map((extent, axis) => Math.floor(extent * factors[axis]))
      : perAxis(size, spatial.length);
    if (factors?.some((factor, axis) => factor * spatial[axis] !== sizes[axis])) {
      throw new Cannot(`a factor of ${scale_factor} that gives no whole size`);
    }
    return build.first(build.apply('resize', [build.last('x')], resizing(mode, sizes, align_corners)));
  },
  pixel_shuffle: (build, { params }) =>
    build.first(build.apply('depthToSpace', [build.last('x')], { blockSize: params.factor, blocksInside: true })),
  pad({ apply, type }, { params }) {
    const mode = padModes[params.mode ?? 'constant'];
    if (!mode) throw new Cannot(`no mode ${params.mode} of padding is known`);
    const padding = paddingOf(params.pads, type('x').shape.length);
    return apply('pad', ['x'], { mode, padding, value: params.value ?? 0 });
  },
  matmul: ({ apply }) => apply('matmul', ['a', 'b'], {}),
  embedding: ({ apply }) => apply('gather', ['w', 'ids'], { axis: 0 }),
  transpose: ({ apply }, { params }) => apply('transpose', ['x'], { permutation: params.permutation ?? params.dims }),
  reshape: (build, { params }) => build.reshape('x', params.shape),
  clamp: ({ apply }, { params: { min = -infinity, max = infinity } }) =>
    apply('activation', ['x'], { activation: 'clip', alpha: min, beta: max }),
};

const graphOps: CaseBuilder = (build, test) => {
  const { kind } = test.params;
  if (graphKinds[kind]) return { y: graphKinds[kind](build, test) };
  if (reductions[kind]) {
    const { axes, keepDims = false } = test.params;
    return { y: build.apply('reduce', ['x'], { reduction: reductions[kind], axes, keepDims }) };
  }
  if (['add', 'sub', 'mul', 'div', 'pow', 'min', 'max'].includes(kind)) return { y: build.binary(kind, 'a', 'b') };
  throw new Cannot(`no operation ${kind} is known`);
};

const losses: CaseBuilder = (build, { params }, inputs) => {
  if (params.kind === 'l2_penalty') {
    const squares = build.apply('reduce', ['x'], { reduction: 'sumSquare', keepDims: false });
    return { y: build.binary('mul', squares, build.scalar(params.lambda_ / 2)) };
  }
  const numbers = (name: string) => {
    const found = inputs.get(name);
    return found && Array.from(found.data, Number);
  };
  const loss = lossOf(params, { weight: numbers('weight'), positive: numbers('pos_weight') });
  if (params.reduction === 'none') return { y: loss.terms(build, 'x', 'target').values };
  return { y: buildLoss(build, loss, 'x', 'target') };
};

const exact: Readonly<Record<string, CaseBuilder>> = {
  activations,
  batch_norm: batchNorm,
  blocks,
  dropout: (build, { params }) => {
    const { shape } = build.type('mask');
    const perChannel = shape.length > 2 && shape.slice(2).every((extent) => extent === 1);
    if (params.channels !== undefined && params.channels !== perChannel) throw new Cannot(`a mask of [${shape}]`);
    const kept = build.binary('mul', 'mask', build.scalar(1 / (1 - params.p)));
    return { y: build.binary('mul', 'x', kept) };
  },
  global_pool: (build, { params }) => {
    const op = ({ avg: 'globalAveragePool', max: 'globalMaxPool' } as Record<string, string>)[params.kind];
    if (!op) throw new Cannot(`no global pool ${params.kind} is known`);
    return { y: build.first(build.apply(op, [build.last('x')], {})) };
  },
  graph_ops: graphOps,
  linear: (build, { params, inputs }) => {
    const bias = inputs.includes('b');
    if (params.bias !== undefined && params.bias !== bias)
      throw new Cannot(`bias is ${params.bias}, its values aren't`);
    return { y: build.apply('matmul', ['x', 'w', bias ? 'b' : ''], { transposeB: true }) };
  },
  losses,
  other_norms: otherNorms,
  softmax: (build, { params }) => {
    if (!['softmax', 'log_softmax'].includes(params.kind)) throw new Cannot(`no ${params.kind} is known`);
    return { y: build.apply('softmax', ['x'], { axis: params.axis ?? 1, log: params.kind === 'log_softmax' }) };
  },
};

/** Families over any number of axes. */
const windows: readonly (readonly [RegExp, CaseBuilder])[] = [
  [/^conv[123]d/, convolution('conv')],
  [/^conv_transpose[123]d/, convolution('convTranspose')],
  [/^max_pool[123]d/, pool('maxPool')],
  [/^(avg|average)_pool[123]d/, pool('averagePool')],
];

/**
 * What builds the cases of a family.
 * @throws Cannot
 */
export function familyOf(name: string): CaseBuilder {
  const found = exact[name] ?? windows.find(([pattern]) => pattern.test(name))?.[1];
  if (!found) throw new Cannot(`no family ${name} is known in test/train/golden/families.ts`);
  return found;
}
