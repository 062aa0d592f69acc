// Activations: as options of other layers, and as layers of their own. Most are fused into the operator before them.

import { QuadlaneError } from '../errors.js';
import { activation as activationOperator } from '../ops/elementwise/activation.js';
import { type ActivationOptions, activationOf, activationOptions } from '../ops/elementwise/activationOptions.js';
import { binary } from '../ops/elementwise/binary.js';
import { identity } from '../ops/elementwise/identity.js';
import { concat } from '../ops/layout/concat.js';
import { softmax as softmaxOperator } from '../ops/normalization/softmax.js';
import { checkOptions, numberIn } from '../options.js';
import { shown } from '../printable.js';
import { tensor } from '../tensor.js';
import { type Layer, type LayerBuilder, type LayerOptions, unaryLayer, type Value } from './layer.js';

/** The name of an activation, or its name and parameters: `'relu'`, `{ activation: 'leakyRelu', alpha: 0.1 }`. */
export type ActivationOption = NonNullable<ActivationOptions['activation']> | 'linear' | 'softmax' | ActivationOptions;

/** Applies what a layer's `activation` option asks for. */
export function activate(builder: LayerBuilder, x: Value, option: ActivationOption = 'linear'): Value {
  const named = namedActivation(option);
  if (option === 'softmax') return builder.apply(softmaxOperator, [x], { axis: -1 });
  if (option === 'linear') return x;
  return builder.apply(activationOperator, [x], activationOf(named as ActivationOptions));
}

/**
 * `option` in full.
 * @throws QuadlaneError `ARGUMENT` for what is neither a name nor has one, and for parameters that are no numbers
 */
function namedActivation(option: ActivationOption): { activation: string; alpha?: number; beta?: number } {
  const named: { activation?: string; alpha?: number; beta?: number } =
    typeof option === 'string' ? { activation: option } : option;
  const { activation, alpha, beta } = named ?? {};
  if (typeof activation !== 'string') {
    throw new QuadlaneError(
      'ARGUMENT',
      `activation must be a name, as 'relu', or { activation: 'leakyRelu', alpha: 0.1 }; got ${shown(option)}`,
    );
  }
  checkOptions('activation', named, activationOptions);
  return { activation, ...numbers({ alpha, beta }) };
}

/** Those of `parameters` that are given; NaN is no number. */
function numbers(parameters: { alpha?: number; beta?: number }): { alpha?: number; beta?: number } {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, numberIn(name, value, { infinite: true })]));
}

/** Any activation by name. */
export function activation(option: ActivationOption, options: LayerOptions = {}): Layer {
  const { activation: kind } = namedActivation(option);
  return unaryLayer(kind, options, [], (builder, x) => {
    const result = activate(builder, x, option);
    return result === x ? builder.apply(identity, [x]) : result;
  });
}

/** `max(0, x)`. */
export const relu = (options?: LayerOptions): Layer => activation('relu', options);
/** `min(6, max(0, x))`. */
export const relu6 = (options?: LayerOptions): Layer => activation('relu6', options);
/** `1 / (1 + e^-x)`. */
export const sigmoid = (options?: LayerOptions): Layer => activation('sigmoid', options);
/** Hyperbolic tangent. */
export const tanh = (options?: LayerOptions): Layer => activation('tanh', options);
/** `x min(6, max(0, x + 3)) / 6`. */
export const hardSwish = (options?: LayerOptions): Layer => activation('hardSwish', options);
/** `x sigmoid(x)`, also called swish. */
export const silu = (options?: LayerOptions): Layer => activation('silu', options);
/** `x (1 + erf(x / sqrt(2))) / 2`. */
export const gelu = (options?: LayerOptions): Layer => activation('gelu', options);

/** `x` where positive, `alpha x` elsewhere. Default: 0.01. */
export const leakyRelu = (options: LayerOptions & { alpha?: number } = {}): Layer => withAlpha('leakyRelu', options);

/** `x` where positive, `alpha (e^x - 1)` elsewhere. Default: 1. */
export const elu = (options: LayerOptions & { alpha?: number } = {}): Layer => withAlpha('elu', options);

function withAlpha(kind: 'leakyRelu' | 'elu', options: LayerOptions & { alpha?: number }): Layer {
  return unaryLayer(kind, options, ['alpha'], (builder, x) =>
    activate(builder, x, { activation: kind, alpha: options.alpha }),
  );
}

/** Softmax along `axis`, counted with the batch. Default: the last one, the channels. */
export function softmax(options: LayerOptions & { axis?: number } = {}): Layer {
  return unaryLayer('softmax', options, ['axis'], (builder, x) =>
    builder.apply(softmaxOperator, [x], { axis: numberIn('axis', options.axis ?? -1, { whole: true }) }),
  );
}

/** Concatenated ReLU (Shang et al. 2016): `[..., C]` to `[..., 2 C]`, the ReLUs of `x` and of `-x`. */
export function crelu(options: LayerOptions = {}): Layer {
  return unaryLayer('crelu', options, [], (builder, x) => {
    const negative = builder.apply(binary, [x, tensor(-1, [])], { operation: 'mul' });
    const both = builder.apply(concat, [x, negative], { axis: x.type.shape.length - 1 });
    return activate(builder, both, 'relu');
  });
}
