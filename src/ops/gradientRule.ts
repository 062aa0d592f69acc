// What a gradient rule is: how the gradients of a node's inputs follow from those of its outputs, in ordinary operators.

import type { Attributes, Composition } from './operator.js';

/** What a rule is told of the node it is applied to, and what it builds with. */
export interface Differentiation extends Composition {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** The first `count` outputs of an operator. */
  applyAll(op: string, inputs: readonly string[], attributes: Attributes, count: number): string[];
  /** Name of output `index`; one that nothing used until now is computed from now on. */
  output(index?: number): string;
  /** The gradient of output `index`, in the output's shape; zeros where nothing depends on that output. */
  gradient(index?: number): string;
  /** Whether the gradient of input `index` is of use. */
  wants(index: number): boolean;
}

/**
 * Builds the gradients of the inputs, each in its input's shape: at their places, undefined where nothing flows to one or
 * it isn't wanted.
 */
export type GradientRule = (context: Differentiation) => readonly (string | undefined)[];
