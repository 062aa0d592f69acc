// A network as pure data: nodes that name the values they read and write.

import type { Attributes } from '../ops/operator.js';
import type { DType, Tensor } from '../tensor.js';

/** One operator applied to named values; an absent optional input is the empty name. */
export interface Node {
  readonly name: string;
  /** Name of the operator in the registry. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A size that is known, or the name of one that each run decides. */
export type Dimension = number | string;

export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
}

/** A network. Nodes stand in an order in which every value is written before it is read. */
export interface Graph {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  /** Values known when the model is loaded: weights, and results of folding. */
  readonly constants: ReadonlyMap<string, Tensor>;
}
