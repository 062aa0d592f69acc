// What a built network consists of, as plain data.

import type { Dialect, GraphInput, Node } from '../graph/graph.js';
import type { Tensor } from '../tensor.js';
import type { Initializer } from './initializers.js';

export interface NetworkParameter {
  /** `<layer>.<role>`: `conv1.weight`. */
  readonly name: string;
  /** Name of its layer. */
  readonly layer: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** False for statistics, which training steps don't move by gradients. */
  readonly trainable: boolean;
}

/** One call of a layer. */
export interface NetworkLayer {
  readonly name: string;
  readonly kind: string;
  /** Names of the graph's nodes that it stands for. */
  readonly nodes: readonly string[];
  /** Elements of the parameters that come in with this call. */
  readonly parameters: number;
  /** Name of the value it computes. */
  readonly output: string;
}

export interface NetworkDescription<Output extends string = string> {
  readonly dialect: Dialect;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly Output[];
  readonly layers: readonly NetworkLayer[];
  readonly parameters: readonly NetworkParameter[];
  readonly nodes: readonly Node[];
  /** Constants that aren't parameters. */
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly seed: number;
}
