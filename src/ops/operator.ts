// What an operator is: one object with its rules, from attributes to kernel steps.

import type { Windows } from '../shape.js';
import type { DType, Tensor, TensorType } from '../tensor.js';
import type { KernelArguments, KernelName } from './kernels.generated.js';
import type { Pointer } from './pointer.js';

export type AttributeValue = number | string | boolean | readonly number[] | undefined;
export type Attributes = { readonly [name: string]: AttributeValue };

/** Zeros wanted around the spatial axes of a channels-last tensor: before each axis, then after each axis. */
export type Halo = readonly number[];

/** A tensor in linear memory: where its first element is and how far apart neighbours are. */
export interface View extends TensorType {
  readonly pointer: Pointer;
  /** Bytes between neighbours on each axis. */
  readonly strides: readonly number[];
  /** Zeros that lie around it. */
  readonly halo: Halo;
}

/** As assembly/indexing/checked_index.ts has them. */
export interface IndexArguments {
  readonly indices: Pointer;
  readonly indexBytes: number;
  readonly faults: Pointer;
  readonly indexRows: Pointer;
  readonly rowIndices: number;
}

/** What an operator's lowering can ask of the plan it becomes part of. */
export interface Lowering {
  /** Type of input `index`. */
  type(index: number): TensorType;
  /** Where input `index` is, as its producer left it: perhaps with gaps between rows or pixels. */
  input(index: number): View;
  /** Whether the optional input `index` is there. */
  has(index: number): boolean;
  /** Whether output `index` is wanted. */
  hasOutput(index: number): boolean;
  /** Threads that will run the steps. */
  readonly threads: number;
  /** Whether Winograd may be chosen for this node: fewer multiplications, but other roundings and larger weights. */
  readonly winograd: boolean;
  /** Rows of most register tiles, pixels of f32_conv and tiles of f32_winograd_4x4: 6 where the engine has registers for them. */
  readonly tileRows: 4 | 6;
  /** What the engine's dot products of bytes are exact for, an entry of ByteDots. */
  readonly byteDots: number;
  /** The value of input `index` where it is known at compile time. */
  constant(index: number): Tensor | undefined;
  /** Input `index` in row-major order without gaps; copied where it isn't. */
  dense(index: number): View;
  /** Input `index` with at least `halo` zeros around it; copied where it hasn't. */
  haloed(index: number, halo: Halo): View;
  /** Where output `index` must be written: perhaps with gaps between rows or pixels. */
  output(index?: number): View;
  /** A view without gaps whose content ends up in output `index` after the operator's steps. */
  denseOutput(index?: number): View;
  /**
   * What kernels that take indices know of input `index`, without gaps. A run fails where an index that only the run knows
   * is outside its axis.
   * @param axes those of the tensor of `shape` that its indices are of, in turn
   */
  indices(index: number, shape: readonly number[], axes: readonly number[]): IndexArguments;
  /** Where an operator that `countsRows` writes, as an int32, how many rows of output 0 are there. */
  rows(): Pointer;
  /** Memory that lives through this operator's steps. */
  temporary(bytes: number): Pointer;
  /** Memory for each thread during a step: `bytes` apart from thread to thread. */
  scratch(bytes: number): Pointer;
  /** A table of 32-bit integers that the plan carries. */
  table(values: ArrayLike<number>): Pointer;
  /**
   * Inputs in another form, made once at load where they are constant and anew in each run where they aren't.
   * @param form names the form; the same inputs in the same form are made only once
   * @param pack emits the steps that write `bytes` bytes to `target` from row-major views of the inputs that are there
   */
  packed(
    inputs: readonly number[],
    form: string,
    bytes: number,
    pack: (target: Pointer, sources: readonly View[], step: Lowering['step'], table: Lowering['table']) => void,
  ): Pointer;
  /** Emits the copy of `extents` elements from one strided place to another of the same element type. */
  copy(extents: readonly number[], from: View, to: View): void;
  /** Appends a step to the program. */
  step<K extends KernelName>(kernel: K, args: KernelArguments[K]): void;
}

/** How an operator that has no kernels of its own is put together from others; values go by name. */
export interface Composition {
  type(value: string): TensorType;
  apply(op: string, inputs: readonly string[], attributes: Attributes): string;
  unary(operation: string, input: string): string;
  binary(operation: string, left: string, right: string): string;
  /** A float32 constant of shape []. */
  scalar(value: number): string;
  constant(value: Tensor, name: string): string;
}

/** What a gradient rule is told of the node it is applied to, and what it builds with: ordinary operators. */
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

/** What is known of a shape whose rank is known: an entry an axis, undefined for a size that isn't known. */
export type PartialShape = readonly (number | undefined)[];

/** Which inputs a node has, and how many outputs. */
export interface NodeArity {
  /** Whether the optional input `index` is there. */
  has(index: number): boolean;
  readonly outputs: number;
}

/** How filters meet a factor for each channel. */
export interface FilterScaling {
  /** The filters' shape, with the axes that count these channels apart from others. */
  readonly split: readonly number[];
  /** The axes of `split` that count them. */
  readonly channels: readonly number[];
}

/** What a larger form of weights takes and gives. */
export interface LargerForm {
  readonly bytes: number;
  readonly saved: number;
}

/** Operators by the names that nodes give them. */
export type Operators = Readonly<Record<string, Operator>>;

/** One operator: everything the compiler knows of it, without its kernels. */
// biome-ignore lint/suspicious/noExplicitAny: a dialect holds operators of all attribute types
export interface Operator<A extends Attributes = any> {
  readonly name: string;
  /** How many inputs, the first ones, must be there; 'all': as many as a node has. Absent: 1. */
  readonly needs?: number | 'all';
  /**
   * Types of the outputs.
   * @throws QuadlaneError `SHAPE` when the inputs don't go together
   */
  infer(inputs: readonly (TensorType | undefined)[], attributes: A): TensorType[];
  /**
   * What follows for the outputs' shapes from what is known of the inputs': undefined where nothing does. Files tell ranks,
   * but not all sizes. Absent: nothing does.
   * @param inputs undefined where nothing is known, and where an optional input is absent
   */
  partialShapes?(
    inputs: readonly (PartialShape | undefined)[],
    attributes: A,
    node: NodeArity,
  ): readonly (PartialShape | undefined)[];
  /** Inputs whose values decide shapes: they must be known when a plan is made, and become attributes then. */
  readonly shapeInputs?: readonly number[];
  /** Inputs of which only the types matter: `bake` makes them attributes. */
  readonly typeInputs?: readonly number[];
  /**
   * The attributes once the values of `shapeInputs` are known (`values` has them at their places, undefined where an
   * optional one is absent), or, of operators without such, once the types of the inputs are; `infer` and all that follows see
   * only these attributes, and the inputs without those at `shapeInputs` and `typeInputs`.
   */
  bake?(attributes: A, values: readonly (Tensor | undefined)[], types: readonly (TensorType | undefined)[]): A;
  /**
   * Computes small outputs in JavaScript: shape arithmetic, done at compile time. Called with the values of all inputs
   * that are known; returns undefined when it needs more of them.
   */
  evaluate?(
    values: readonly (Tensor | undefined)[],
    attributes: A,
    outputs: readonly TensorType[],
    inputs: readonly (TensorType | undefined)[],
  ): Tensor[] | undefined;
  /** Zeros that a fast kernel wants around input 0. */
  halo?(inputs: readonly (TensorType | undefined)[], attributes: A): Halo | undefined;
  /**
   * The attributes with which the operator does the same on inputs (all of the same rank, or broadcast) whose axes are
   * reordered: axis `permutation[i]` of the old order is axis i of the new one. Absent where there is no such thing.
   */
  permute?(attributes: A, permutation: readonly number[]): A | undefined;
  /** The windows through which an element of output 0 sees the spatial axes of input 0; absent where there are none. */
  windows?(inputs: readonly (TensorType | undefined)[], attributes: A): Windows;
  /** Set where the operator takes `activation`, `alpha` and `beta` and applies them to its result. */
  readonly fusesActivation?: boolean;
  /** The input that the operator adds to its result before the activation. */
  readonly residualInput?: number;
  /** Set where the operator scales and shifts channels: the passes for channels are made for graphs that have one. */
  readonly scalesChannels?: boolean;
  /** Set where the kernels read every input as float32; other types are refused when a plan is made. */
  readonly float32?: boolean;
  /**
   * Whether the elements of input `index` are moved as bits, whatever their type, and come out in that type: others of float16 and
   * float64 are cast to float32 before. Inputs that are moved together must agree in type. Absent: only input 0 where the
   * operator `reshapes`.
   */
  takesBits?(index: number, attributes: A): boolean;
  /**
   * The element type of the outputs where it isn't that of the inputs that are moved as bits, or without such of input 0.
   * @param inputs undefined where the type isn't known, and where an optional input is absent
   */
  outputType?(attributes: A, inputs: readonly (DType | undefined)[]): DType | undefined;
  /** Set where output 0 has the elements of input 0 in the same order, in another shape. */
  readonly reshapes?: boolean;
  /** Set where output 0 has the elements of input 0 in another order. */
  readonly reorders?: boolean;
  /** Whether output 0, where it has the type of input 0, has its elements too. Absent: only where it `reshapes`. */
  isIdentity?(attributes: A, inputs: number): boolean;
  /** Set where no element of output 0 is below both 0 and the least element of the inputs. */
  readonly keepsNonNegative?: boolean;
  /** Inputs that networks learn: filters, biases, factors, tables. */
  readonly parameterInputs?: readonly number[];
  /** Inputs that are the mean and the variance of what training has seen: a batch norm's. */
  readonly statisticsInputs?: readonly [mean: number, variance: number];
  /** The share of elements that the operator sets to zero in training, where it passes them on in inference. */
  dropRate?(attributes: A): number;
  /**
   * What the operator makes of the windows over its input: sums leave out `padding`, means count it or not, maxima take it as
   * minus infinity. Decides whether a pad of zeros before it can become its padding.
   */
  readonly windowResult?: 'sum' | 'mean' | 'maximum';
  /** How filters (input 1; a bias is input 2) take in a factor for each output channel; undefined where they can't. */
  outputScaling?(filters: readonly number[], attributes: A): FilterScaling | undefined;
  /**
   * How they take in a factor for each input channel: `outputs` are the axes that count output channels, and `padded` tells
   * whether windows see zeros that no offset was added to.
   */
  inputScaling?(
    filters: readonly number[],
    attributes: A,
  ): (FilterScaling & { readonly outputs: readonly number[]; readonly padded: boolean }) | undefined;
  /** Where the inputs may lie inside `output` (the first one), so that the operator has nothing to copy. */
  inside?(output: View, inputs: readonly (TensorType | undefined)[], attributes: A): readonly (View | undefined)[];
  /** The outputs as parts of `input` (the first one), for readers to find there. */
  parts?(input: View, attributes: A): readonly View[];
  /** Set where only a run tells how many rows (entries of the first axis) of output 0 are there; its type has the most. */
  readonly countsRows?: boolean;
  /**
   * Whether each row of output 0 follows from the same row of the inputs that are `counted`, whose rows behind those that
   * are there hold values of no meaning. Absent where that never holds.
   */
  keepsRows?(attributes: A, inputs: readonly (TensorType | undefined)[], counted: readonly boolean[]): boolean;
  /**
   * The form of constant inputs that is faster but larger than another: bytes that it takes more, and multiply-adds (or
   * what takes as long) that it saves. Absent where there is no choice.
   */
  largerForm?(inputs: readonly (TensorType | undefined)[], attributes: A): LargerForm | undefined;
  /** Emits the steps that compute the outputs. Every operator has this or `compose`. */
  lower?(lowering: Lowering, attributes: A): void;
  /**
   * How the gradients of the inputs follow from those of the outputs; or a text that says why there are none, behind "its
   * result". Operators that are composed of others need neither: they are taken apart before.
   */
  readonly gradient?: GradientRule | string;
  /** Builds the outputs from other operators. */
  compose?(build: Composition, inputs: readonly string[], attributes: A): string[];
  /** Multiply-adds of one application. */
  cost?(inputs: readonly (TensorType | undefined)[], outputs: readonly TensorType[], attributes: A): number;
}
