// Layers that join several values.

import { QuadlaneError } from '../errors.js';
import { binary } from '../ops/elementwise/binary.js';
import { concat as concatOperator } from '../ops/layout/concat.js';
import { numberIn } from '../options.js';
import { type ActivationOption, activate } from './activations.js';
import { type Layer, type LayerOptions, layer } from './layer.js';

export interface MergeOptions extends LayerOptions {
  activation?: ActivationOption;
}

/** Sum of values that broadcast: `add()([x, y])`. */
export const add = (options: MergeOptions = {}): Layer => fold('add', 'add', options);

/** Product of values that broadcast: `multiply()([x, gate])`. */
export const multiply = (options: MergeOptions = {}): Layer => fold('multiply', 'mul', options);

/** Values one behind the other along `axis`, counted with the batch. Default: the last one, the channels. */
export function concat(options: MergeOptions & { axis?: number } = {}): Layer {
  return layer('concat', options, ['axis', 'activation'], (builder, inputs) => {
    const rank = inputs[0].type.shape.length;
    const axis = numberIn('axis', options.axis ?? -1, { whole: true });
    const joined = builder.apply(concatOperator, inputs, { axis: axis < 0 ? axis + rank : axis });
    return activate(builder, joined, options.activation);
  });
}

function fold(kind: string, operation: string, options: MergeOptions): Layer {
  return layer(kind, options, ['activation'], (builder, inputs) => {
    if (inputs.length < 2)
      throw new QuadlaneError('ARGUMENT', 'it takes two or more values: pass a list, as in add()([x, y])');
    const result = inputs.reduce((sum, value) => builder.apply(binary, [sum, value], { operation }));
    return activate(builder, result, options.activation);
  });
}
