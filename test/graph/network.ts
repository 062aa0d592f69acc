// Builds small graphs for tests: one call a node, values named after their nodes.
import type { Dimension, Graph, GraphInput, Node } from '../../src/graph/graph.js';
import type { Attributes } from '../../src/ops/operator.js';
import { type DType, type Tensor, tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';
import { everything } from './everything.js';

export class Network {
  readonly inputs: GraphInput[] = [];
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Tensor>();
  private readonly random: (count: number) => Float32Array;

  constructor(seed = 1) {
    this.random = randomFloats(seed);
  }

  /** Random floats in [-1, 1). */
  floats(shape: readonly number[]): Tensor<'float32'> {
    return tensor(this.random(shape.reduce((a, b) => a * b, 1)), shape);
  }

  input(name: string, shape: readonly Dimension[], dtype: DType = 'float32'): string {
    this.inputs.push({ name, dtype, shape });
    return name;
  }

  /** A constant of these elements, or random floats of this shape. */
  constant(name: string, value: Tensor | readonly number[]): string {
    this.constants.set(name, 'data' in value ? value : this.floats(value));
    return name;
  }

  /** Appends a node whose first output has its name. */
  node(name: string, op: string, inputs: readonly string[], attributes: Attributes = {}, outputs = [name]): string {
    this.nodes.push({ name, op, inputs, outputs, attributes });
    return name;
  }

  /** A convolution with random filters `[filters, channels, ...kernel]` and a bias. */
  conv(name: string, input: string, filters: readonly number[], attributes: Attributes = {}): string {
    const weights = [this.constant(`${name}.weight`, filters), this.constant(`${name}.bias`, [filters[0]])];
    return this.node(name, 'conv', [input, ...weights], attributes);
  }

  relu(name: string, input: string): string {
    return this.node(name, 'activation', [input], { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY });
  }

  binary(name: string, operation: string, left: string, right: string): string {
    return this.node(name, 'binary', [left, right], { operation });
  }

  transpose(name: string, input: string, permutation: readonly number[]): string {
    return this.node(name, 'transpose', [input], { permutation });
  }

  graph(...outputs: string[]): Graph {
    return { dialect: everything, inputs: this.inputs, outputs, nodes: this.nodes, constants: this.constants };
  }
}

/** Channels first to channels last, and back. */
export const TO_LAST = [0, 2, 3, 1];
export const TO_FIRST = [0, 3, 1, 2];
