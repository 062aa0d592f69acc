// Operators that are defined by others: once the types of their inputs are known, nodes of other operators stand in their
// places. They have no kernels and no rules of their own, and are differentiated as what they are put together from.

import { QuadlaneError } from '../../errors.js';
import { numberedTensor, numbersOf, tensorOf } from '../../ops/lowering/values.js';
import type { Attributes, Operator, Operators } from '../../ops/operator.js';
import { product } from '../../shape.js';
import { type DType, Tensor, type TensorType } from '../../tensor.js';
import { Inlining, prefixOf } from '../control/inlining.js';
import type { Control, Node } from '../graph.js';

/** The rules of an operator that others define. */
export interface Definition extends Pick<Operator, 'partialShapes'> {
  /** How many inputs, the first ones, must be there. Absent: 1. */
  readonly needs?: number;
  /** Inputs whose values must be known: a run computes them before the rest is planned where the file doesn't have them. */
  readonly values?: readonly number[];
  /** Attributes that must be there. Absent: none. */
  readonly required?: readonly string[];
  /**
   * Appends what computes the outputs.
   * @returns the names of the outputs, at the places of those that are wanted
   * @throws QuadlaneError `SHAPE` or `UNSUPPORTED` for inputs that don't go together
   */
  build(parts: Parts): readonly (string | undefined)[];
}

/** Most numbers of a table: 256 MB. */
const LARGEST_TABLE = 2 ** 26;

/** What a definition sees of its node, and what it builds with; values go by name. */
export class Parts {
  readonly inlining: Inlining;
  private readonly prefix: string;

  constructor(
    private readonly node: Node,
    private readonly known: readonly (Tensor | undefined)[],
    private readonly types: readonly (TensorType | undefined)[],
    fresh: (wish: string) => string,
  ) {
    this.inlining = new Inlining(fresh);
    this.prefix = prefixOf(node);
  }

  get attributes(): Attributes {
    return this.node.attributes;
  }

  /** The attribute `name`, a number. */
  number(name: string, otherwise = 0): number {
    return (this.attributes[name] ?? otherwise) as number;
  }

  /** The attribute `name`, a list of numbers. */
  numbers(name: string): readonly number[] | undefined {
    return this.attributes[name] as readonly number[] | undefined;
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== '';
  }

  wants(index: number): boolean {
    return (this.node.outputs[index] ?? '') !== '';
  }

  /** Name of input `index`. */
  input(index: number): string {
    return this.node.inputs[index];
  }

  type(index: number): TensorType {
    return this.types[index]!;
  }

  shape(index: number): readonly number[] {
    return this.type(index).shape;
  }

  /** The value of input `index` where it is known. */
  value(index: number): Tensor | undefined {
    return this.known[index];
  }

  /** The numbers in input `index`, one of the definition's `values`; undefined where it is absent. */
  list(index: number): number[] | undefined {
    const value = this.known[index];
    return value && numbersOf(value);
  }

  apply(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.inlining.apply(op, inputs, attributes, `${this.prefix}/${op}`);
  }

  unary(operation: string, x: string): string {
    return this.apply('unary', [x], { operation });
  }

  binary(operation: string, left: string, right: string): string {
    return this.apply('binary', [left, right], { operation });
  }

  compare(operation: string, left: string, right: string): string {
    return this.apply('compare', [left, right], { operation });
  }

  where(condition: string, left: string, right: string): string {
    return this.apply('where', [condition, left, right]);
  }

  reshape(x: string, shape: readonly number[]): string {
    return this.apply('reshape', [x], { shape, allowZero: true });
  }

  transpose(x: string, permutation: readonly number[]): string {
    return this.apply('transpose', [x], { permutation });
  }

  slice(x: string, axis: number, start: number, end: number): string {
    return this.apply('slice', [x], { starts: [start], ends: [end], axes: [axis] });
  }

  cast(x: string, to: DType): string {
    return this.apply('cast', [x], { to });
  }

  matmul(left: string, right: string, transposeB = false): string {
    return this.apply('matmul', [left, right], { transposeA: false, transposeB });
  }

  reduce(reduction: string, x: string, axes: readonly number[], keepDims = true): string {
    return this.apply('reduce', [x], { reduction, axes, keepDims });
  }

  activation(activation: string, x: string, alpha = 0, beta = 0): string {
    return this.apply('activation', [x], { activation, alpha, beta });
  }

  /** A constant without axes. */
  scalar(value: number, dtype: DType = 'float32'): string {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  /** A float32 constant whose elements a function gives, by their places in a row. */
  table(shape: readonly number[], at: (index: number) => number): string {
    const size = product(shape);
    if (!(size <= LARGEST_TABLE)) {
      throw this.unsupported(
        `it would need a table of ${size} numbers, more than ${LARGEST_TABLE}: make its axes shorter`,
      );
    }
    return this.constant(
      new Tensor(
        'float32',
        shape,
        Float32Array.from({ length: size }, (_, index) => at(index)),
      ),
    );
  }

  /** An int64 constant. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant(tensorOf('int64', shape, values));
  }

  /** The int64 constant of `count` numbers that follow each other, from `start` on. */
  numbered(count: number, shape: readonly number[], start = 0): string {
    return this.constant(numberedTensor(count, shape, start));
  }

  constant(value: Tensor): string {
    return this.inlining.constant(value, `${this.prefix}/constant`);
  }

  /** A float that x is multiplied with, or x itself. */
  scaled(x: string, factor: number): string {
    return factor === 1 ? x : this.binary('mul', x, this.scalar(factor));
  }

  mismatch(what: string): QuadlaneError {
    return new QuadlaneError('SHAPE', what);
  }

  unsupported(what: string): QuadlaneError {
    return new QuadlaneError('UNSUPPORTED', what);
  }

  give(results: readonly (string | undefined)[]): void {
    this.node.outputs.forEach((output, index) => {
      const result = results[index];
      if (output === '') return;
      if (result === undefined) throw this.unsupported(`it gives no output ${index}`);
      this.inlining.give('identity', [result], {}, output);
    });
  }
}

/** What takes the place of a node that `definition` defines. */
export function controlOf({ values = [], build, needs = 1, required = [] }: Definition): Control {
  return {
    expand(node, known, types, fresh) {
      const missing = required.find((name) => node.attributes[name] === undefined);
      if (missing) throw new QuadlaneError('FORMAT', `it lacks its attribute "${missing}"; export the model again`);
      for (let index = 0; index < needs; index++) {
        if (!types[index]) throw new QuadlaneError('FORMAT', `it lacks its input ${index}; export the model again`);
      }
      if (values.some((index) => node.inputs[index] && !known[index])) return undefined;
      const parts = new Parts(node, known, types, fresh);
      parts.give(build(parts));
      return parts.inlining;
    },
  };
}

/** The operators by these names, of which everything else is known by their parts. */
export function operatorsOf(definitions: Readonly<Record<string, Definition>>): Operators {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, { needs, values, partialShapes }]) => {
      const operator: Operator = {
        name,
        needs: needs ?? 1,
        gradient: 'is that of its parts',
        ...(values && { shapeInputs: values }),
        ...(partialShapes && { partialShapes }),
        infer() {
          throw new Error('it is expanded before');
        },
      };
      return [name, operator];
    }),
  );
}
