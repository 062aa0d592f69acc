// The fully connected layer. Weights are stored as PyTorch stores them: [units, features].

import { QuadlaneError } from '../errors.js';
import { matmul } from '../ops/matmul/matmul.js';
import { positive } from '../windowOptions.js';
import { type ActivationOption, activate } from './activations.js';
import type { Initializer } from './initializers.js';
import { type Layer, type LayerOptions, unaryLayer } from './layer.js';

export interface DenseOptions extends LayerOptions {
  units: number;
  activation?: ActivationOption;
  /** Default: true. */
  useBias?: boolean;
  /** Default: `heUniform`. */
  kernelInitializer?: Initializer;
  /** Default: zeros. */
  biasInitializer?: Initializer;
}

const known = ['units', 'activation', 'useBias', 'kernelInitializer', 'biasInitializer'] as const;

/** `[..., features]` to `[..., units]`. Parameters: `weight` `[units, features]`, `bias` `[units]`. */
export function dense(options: DenseOptions): Layer {
  return unaryLayer('dense', options, known, (builder, x) => {
    const features = x.shape.at(-1);
    if (features === undefined) throw new QuadlaneError('SHAPE', 'it takes [..., features]');
    const units = positive('units', options.units);
    const { kernelInitializer = 'heUniform', biasInitializer = 'zeros', useBias = true } = options;
    const weight = builder.parameter('weight', [units, features], kernelInitializer);
    const bias = useBias ? builder.parameter('bias', [units], biasInitializer) : undefined;
    return activate(builder, builder.apply(matmul, [x, weight, bias], { transposeB: true }), options.activation);
  });
}
