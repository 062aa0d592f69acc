// A random network while it is drawn: an ONNX model whose every value has a known shape, with what to feed it, and with a
// bound of how far two right engines may be apart at each node.

import { sizeOf } from '../../../src/shape.js';
import { type DType, newArray, Tensor } from '../../../src/tensor.js';
import { bytesOf, type NodeSpec, type TensorSpec } from '../../formats/onnx-file.js';
import type { Dice } from '../dice.js';

/** What ONNX calls element types. */
export const elementTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const;
export type Element = keyof typeof elementTypes;

/** Half the distance of 1 and the next float32. */
export const UNIT = 2 ** -24;

/** Most elements of a value: networks are many rather than large. */
const LARGEST = 6000;

/** How large the elements of a value are in a run, and how far off they may be. */
export interface Size {
  readonly most: number;
  readonly error: number;
}

/**
 * The error of a node's result, from its inputs and from the largest magnitude of the result. 0 where all inputs have
 * none means: the same bits.
 */
export type Bound = (inputs: readonly Size[], most: number) => number;

export interface Value {
  readonly name: string;
  readonly dtype: Element;
  readonly shape: readonly number[];
  /** All right engines agree on every bit, so that what jumps (rounding, comparing, ordering) may follow. */
  readonly exact: boolean;
  /** No element is larger than this, where that is known. */
  readonly most: number;
}

export interface Step {
  readonly node: NodeSpec;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly bound: Bound;
}

/** A drawn network. */
export interface Drawn {
  readonly opset: number;
  readonly inputs: readonly Value[];
  readonly constants: readonly { readonly value: Value; readonly tensor: Tensor }[];
  readonly steps: readonly Step[];
  readonly outputs: readonly string[];
  /** A tensor for each input, by name. */
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** What `emit` is told of a result. */
export interface Result {
  readonly shape: readonly number[];
  readonly attributes?: NodeSpec['attributes'];
  readonly dtype?: Element;
  /** Absent: the result consists of elements of its inputs. */
  readonly bound?: Bound;
  readonly most?: number;
}

/** Moves elements, or picks from them. */
export const moved: Bound = (inputs) => Math.max(0, ...inputs.map(({ error }) => error));

/** Slopes of at most `slope`, and so many roundings of the result, or of 1 where that is more. */
export const smooth =
  (slope: number, roundings: number): Bound =>
  (inputs, most) =>
    slope * inputs.reduce((sum, { error }) => sum + error, 0) + roundings * UNIT * Math.max(1, most);

/**
 * Sums of `count` products of the first two inputs, and the others added: 8 sqrt(count) + 8 roundings of the sum of
 * magnitudes (Higham and Mary 2019, with lambda = 8).
 */
export const products =
  (count: number): Bound =>
  ([a, b, ...added], most) => {
    const rounding = (8 * Math.sqrt(count) + 8) * UNIT * count * a.most * b.most + 2 * UNIT * most;
    const inherited = count * (a.error * (b.most + b.error) + b.error * a.most);
    return rounding + inherited + added.reduce((sum, { error }) => sum + error, 0);
  };

export class Draft {
  readonly inputs: Value[] = [];
  readonly constants: { value: Value; tensor: Tensor }[] = [];
  readonly steps: Step[] = [];
  readonly feeds: Record<string, Tensor> = {};
  /** Values that nodes may read; constants are made for who reads them. */
  readonly values: Value[] = [];
  private count = 0;

  constructor(
    readonly dice: Dice,
    readonly opset: number,
  ) {}

  /** A tensor of random elements: floats in [low, high), whole numbers from `low` to `high`. */
  random(dtype: Element, shape: readonly number[], low = -4, high = 4): Tensor {
    const data = newArray(dtype as DType, sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      if (dtype === 'float32') data[i] = this.dice.uniform(low, high);
      else if (dtype === 'bool') data[i] = this.dice.integer(2);
      else if (dtype === 'int64') data[i] = BigInt(this.dice.from(low, high));
      else data[i] = this.dice.from(dtype === 'uint8' ? Math.max(0, low) : low, high);
    }
    return new Tensor(dtype, shape, data as never);
  }

  input(tensor: Tensor): Value {
    const value = this.valueOf(tensor, 'x');
    this.inputs.push(value);
    this.feeds[value.name] = tensor;
    return value;
  }

  /** A parameter: an initializer, or now and then an input that is known to the run alone. */
  parameter(tensor: Tensor): Value {
    return this.dice.once(8) ? this.input(tensor) : this.constant(tensor);
  }

  constant(tensor: Tensor): Value {
    const value = this.valueOf(tensor, 'w');
    this.constants.push({ value, tensor });
    return value;
  }

  floats(shape: readonly number[], low = -1, high = 1): Value {
    return this.parameter(this.random('float32', shape, low, high));
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.constant(new Tensor('int64', shape, BigInt64Array.from(values, BigInt)));
  }

  /** One of the values for which `fits` says so. */
  pick(fits: (value: Value) => boolean): Value | undefined {
    const all = this.values.filter(fits);
    if (all.length === 0) return undefined;
    // What is new is read more often: networks become deep.
    return this.dice.once(2) ? all[all.length - 1] : this.dice.any(all);
  }

  /** A value of floats. */
  pickFloats(fits: (value: Value) => boolean = () => true): Value | undefined {
    return this.pick((value) => value.dtype === 'float32' && fits(value));
  }

  /** Appends a node of one result; nothing where the result would be too large. */
  emit(op: string, inputs: readonly (Value | undefined)[], result: Result): Value | undefined {
    return this.emitAll(op, inputs, [result])?.[0];
  }

  emitAll(op: string, inputs: readonly (Value | undefined)[], results: readonly Result[]): Value[] | undefined {
    const [{ attributes, bound = moved }] = results;
    if (results.some(({ shape }) => shape.some((extent) => extent < 1) || sizeOf(shape) > LARGEST)) return undefined;
    const present = inputs.filter((value) => value !== undefined);
    const exact =
      present.every((value) => value.exact) &&
      bound(
        present.map(() => ({ most: 1, error: 0 })),
        1,
      ) === 0;
    const outputs = results.map(({ shape, dtype, most }) => ({
      name: `v${this.count++}`,
      dtype: dtype ?? inputs[0]?.dtype ?? 'float32',
      shape,
      exact,
      most: most ?? (bound === moved ? Math.max(...present.map((value) => value.most)) : Number.POSITIVE_INFINITY),
    }));
    const names = inputs.map((value) => value?.name ?? '');
    while (names.at(-1) === '') names.pop();
    const node: NodeSpec = { op, inputs: names, outputs: outputs.map(({ name }) => name), attributes };
    this.steps.push({ node, inputs, outputs, bound });
    this.values.push(...outputs);
    return outputs;
  }

  private valueOf({ dtype, shape, data }: Tensor, letter: string): Value {
    let most = 0;
    for (const element of data) most = Math.max(most, Math.abs(Number(element)));
    return { name: `${letter}${this.count++}`, dtype: dtype as Element, shape, exact: true, most };
  }
}

/** An initializer as the file has it. */
export function initializer({ value, tensor }: Drawn['constants'][number]): TensorSpec {
  return { name: value.name, dims: [...tensor.shape], dataType: elementTypes[value.dtype], raw: bytesOf(tensor.data) };
}
