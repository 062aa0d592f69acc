// What all architectures of the zoo share: their options, and how recorded layers become a network with weights.

import type { Value } from '../layers/layer.js';
import { input } from '../layers/layer.js';
import { model } from '../layers/model.js';
import type { Network, Weights } from '../layers/network.js';
import { kindOf, type Tensor } from '../tensor.js';
import { perAxis } from '../windowOptions.js';

/** Options of every architecture. */
export interface ZooOptions {
  /** Size of the input: one number for a square, or `[height, width]`. Default: what the architecture was published with. */
  inputSize?: number | readonly [height: number, width: number];
  /** Channels of the input. Default: 3, or what the architecture was published with. */
  channels?: number;
  /** Parameters by name, as in a published checkpoint; all must be there. For others use the network's `load`. */
  weights?: Weights;
  /** Decides the first values of the parameters. Default: 0. */
  seed?: number;
}

/** The names in `ZooOptions`. */
export const zooOptions = ['inputSize', 'channels', 'weights', 'seed'] as const;

/** Options of classifiers. */
export interface ClassifierOptions extends ZooOptions {
  /** Number of classes. Default: 1000, as ImageNet. */
  classes?: number;
}

/** The names in `ClassifierOptions`. */
export const classifierOptions = [...zooOptions, 'classes'] as const;

/** The input `image`, `[height, width, channels]`. */
export function image(options: ZooOptions, size: number, channels = 3): Value {
  const [height, width] = perAxis('inputSize', options.inputSize ?? size, 2);
  return input([height, width, options.channels ?? channels], { name: 'image' });
}

/**
 * The network of `outputs`, with the weights of `options`.
 * @param passedOver prefixes of names in published checkpoints that belong to parts which inference leaves out
 * @throws QuadlaneError `ARGUMENT` listing the weights that are missing, unexpected or of another shape
 */
export function network<Output extends string>(
  x: Value,
  outputs: Readonly<Record<Output, Value>>,
  { weights, seed }: ZooOptions,
  passedOver: readonly string[] = [],
): Network<Output> {
  const built = model({ inputs: x, outputs, seed }) as Network<Output>;
  if (weights) {
    const entries = kindOf(weights) === 'Map' ? [...(weights as ReadonlyMap<string, Tensor>)] : Object.entries(weights);
    built.load(new Map(entries.filter(([name]) => !passedOver.some((prefix) => name.startsWith(prefix)))));
  }
  return built;
}
