// Mixup (Zhang et al. 2018): examples blended in pairs, with targets blended alike.

import { QuadlaneError } from '../../errors.js';
import { checkOptions, numberIn } from '../../options.js';
import { formatShape } from '../../shape.js';
import { Tensor } from '../../tensor.js';
import type { Random } from '../random.js';

export interface MixupOptions {
  /** From 0 (no blending) to 1 (any share as likely as any other). */
  alpha: number;
  /** Number of classes; only labels need it. */
  classes?: number;
}

/**
 * Blends every example with another one of the batch, each pair with its own share, drawn from Beta(alpha, alpha).
 * @param inputs float32 `[N, ...]`
 * @param targets labels int32 `[N]`, or distributions float32 `[N, classes]`
 * @returns inputs as they came, and distributions `[N, classes]`
 * @throws QuadlaneError `ARGUMENT`, `SHAPE`
 */
export function mixup(
  inputs: Tensor,
  targets: Tensor,
  options: MixupOptions,
  random: Random,
): { inputs: Tensor<'float32'>; targets: Tensor<'float32'> } {
  const { alpha, classes = targets.shape.at(-1)! } = checkOptions('mixup()', options, ['alpha', 'classes']);
  numberIn('mixup(): alpha', alpha, { from: 0, to: 1 });
  const [count] = inputs.shape;
  if (inputs.dtype !== 'float32' || targets.shape[0] !== count) {
    const given = `${inputs.dtype} ${formatShape(inputs.shape)} and ${targets.dtype} ${formatShape(targets.shape)}`;
    throw new QuadlaneError('SHAPE', `mixup takes float32 inputs [N, ...] and a target for each, not ${given}`);
  }
  const truth = distributions(targets, classes);
  const partners = random.shuffle(Array.from({ length: count }, (_, index) => index));
  const shares = partners.map(() => (alpha === 0 ? 1 : random.beta(alpha)));
  const blend = (values: Float32Array) => {
    const length = values.length / count;
    const result = new Float32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const example = Math.floor(i / length);
      const other = values[partners[example] * length + (i % length)];
      result[i] = other + shares[example] * (values[i] - other);
    }
    return result;
  };
  return {
    inputs: new Tensor('float32', [...inputs.shape], blend(inputs.data)),
    targets: new Tensor('float32', [count, classes], blend(truth)),
  };
}

/** Targets as one distribution over the classes an example. */
function distributions({ dtype, data, shape }: Tensor, classes: number): Float32Array {
  if (dtype === 'float32') return data as Float32Array;
  const result = new Float32Array(shape[0] * classes);
  Array.from(data as ArrayLike<number | bigint>, Number).forEach((label, example) => {
    if (!(label >= 0 && label < classes)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `mixup: example ${example} has label ${label}, but there are ${classes} classes`,
      );
    }
    result[example * classes + label] = 1;
  });
  return result;
}
