// A network as pure data: nodes that name the values they read and write, and what the nodes are written in.

import type { Attributes, Operators } from '../ops/operator.js';
import type { DType, Tensor, TensorType } from '../tensor.js';
import type { Running } from '../work.js';

/** One operator applied to named values; an absent optional input is the empty name. */
export interface Node {
  readonly name: string;
  /** Name of the operator in the graph's dialect. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** What a pass says of it, for people. */
  readonly note?: string;
  /** Branches and bodies. */
  readonly graphs?: readonly Subgraph[];
}

/** A graph inside a node, in the same dialect. It is closed: what it takes from outside is among its inputs, by name. */
export interface Subgraph extends Pick<Graph, 'outputs' | 'nodes' | 'constants'> {
  readonly inputs: readonly string[];
  /** What the file says of the types of its outputs; sizes that it leaves open are undefined. */
  readonly declared?: readonly (OpenType | undefined)[];
}

export interface OpenType {
  readonly dtype: DType;
  readonly shape: readonly (number | undefined)[];
}

/** A size that is known, or the name of one that each run decides. */
export type Dimension = number | string;

export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
}

/**
 * What a graph is written in: the operators that its nodes name, and the passes that are made for such graphs. It goes with
 * the graph as a value; there is nothing else that a name could mean. Made by `dialectOf`.
 */
export interface Dialect {
  readonly operators: Operators;
  readonly passes: readonly Pass[];
  /** Of its operators, those that take other nodes' places, or are computed between two stretches of the program. */
  readonly controls?: Readonly<Record<string, Control>>;
}

/** Nodes that take the place of one, and the constants among their inputs. */
export interface Expansion {
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

/** Runs a subgraph on these inputs. */
export type CallSubgraph = (graph: Subgraph, inputs: readonly Tensor[]) => Running<readonly Tensor[]>;

/** An operator whose result, or the type of it, isn't known before a run. It has `run`, or waits until `expand` gives something. */
export interface Control {
  /**
   * What does the same, where the values and types of the inputs suffice to tell.
   * @param fresh a name for a value that no other has
   */
  expand?(
    node: Node,
    values: readonly (Tensor | undefined)[],
    types: readonly (TensorType | undefined)[],
    fresh: (wish: string) => string,
  ): Expansion | undefined;
  /** Computes the outputs from the inputs, between two stretches. */
  run?(node: Node, inputs: readonly (Tensor | undefined)[], call: CallSubgraph): Running<readonly Tensor[]>;
}

/** What a file says of itself. */
export interface ModelMetadata {
  /** What wrote the file, and its version. */
  readonly producer?: string;
  readonly producerVersion?: string;
  /** Whose model it is, as a reversed domain name. */
  readonly domain?: string;
  readonly version?: number;
  /** Name of the network. */
  readonly name?: string;
  readonly description?: string;
  /** What its makers noted, by name: classes, preprocessing, licence. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * A network. Nodes stand in an order in which every value is written before it is read. `Output` is the names of its
 * outputs where the code that builds it tells them.
 */
export interface Graph<Output extends string = string> {
  readonly dialect: Dialect;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly Output[];
  readonly nodes: readonly Node[];
  /** Values known when the model is loaded: weights, and results of folding. */
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly metadata?: ModelMetadata;
}

/** For values whose number of rows only a run tells, the value whose producer counts them. */
export type RowCounts = ReadonlyMap<string, string>;

/** A graph whose every value has a known type: what the compiler works on. */
export interface TypedGraph extends Graph {
  readonly types: ReadonlyMap<string, TensorType>;
  readonly counts?: RowCounts;
}

/**
 * What of a graph is planned once a run has computed what it depends on. The first stretch gives the inputs of `graph` that
 * aren't constants or computed by `between`.
 */
export interface Rest {
  /** Nodes that are computed between this stretch and the next. */
  readonly between: readonly Node[];
  readonly graph: Subgraph;
}

/** What can be planned at once of a graph, and what can't. */
export interface Stretch {
  readonly typed: TypedGraph;
  readonly rest?: Rest;
}

/** What passes compute constants with. */
export interface Folding {
  /** The outputs of `node` where `values` suffice to compute them now. */
  fold(
    node: Node,
    values: readonly (Tensor | undefined)[],
    types: readonly (TensorType | undefined)[],
    outputs: readonly TensorType[],
  ): Tensor[] | undefined;
}

/** The order in which passes are applied; each graph has those of the compiler and those of its dialect. */
export const passOrder = [
  'identities',
  'composites',
  'padding',
  'transposes',
  'trivial transposes',
  'flatten',
  'constants',
  'eight bits',
  'scales',
  'input scales',
  'scale and shift',
  'concats',
  'residuals',
  'activations',
  'folded constants',
  'leftover identities',
] as const;

export type PassName = (typeof passOrder)[number];

/** A function from a graph to one that computes the same. */
export interface Pass {
  readonly name: PassName;
  apply(graph: TypedGraph, folding: Folding): TypedGraph;
  /** Operators that the pass may write, beside those that every dialect has. */
  readonly writes?: Operators;
  /** Whether it is made for such a graph, which no pass has changed yet. Absent: for all. */
  isFor?(graph: TypedGraph): boolean;
}
