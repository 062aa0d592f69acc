// A plan: everything one inference on given shapes needs, relocatable. Steps point into regions; the regions get
// their addresses when the plan is placed in a memory.

import type { KernelName } from '../ops/kernels.generated.js';
import type { View } from '../ops/operator.js';
import type { Pointer, Region } from '../ops/pointer.js';
import type { Tensor } from '../tensor.js';
import type { Slot } from './arena.js';

/** One kernel call. */
export interface Step {
  readonly kernel: KernelName;
  readonly args: Readonly<Record<string, number | Pointer>>;
  /** The node it belongs to: an index into `Plan.nodes`. */
  readonly node: number;
  /** How several threads share it: the sum of `ALONE` and `OPEN` where they apply; see schedule.ts. */
  readonly sharing?: number;
}

/** Integers that steps point to, carried behind the program. */
export interface Table extends Region {
  readonly values: ArrayLike<number>;
}

/** A node as it was planned, for summaries and profiles. */
export interface PlannedNode {
  readonly name: string;
  readonly op: string;
  /** The operator with what is fused into it, for people: `conv + residual + clip`. */
  readonly label: string;
  readonly inputs: readonly (readonly number[] | undefined)[];
  readonly outputs: readonly (readonly number[])[];
  /** Elements of the constants it reads. */
  readonly parameters: number;
  /** Multiply-adds. */
  readonly cost: number;
  /** Bytes of its outputs. */
  readonly bytes: number;
  /** Pixels of the input that an element of the output sees, on each spatial axis; undefined where it isn't spatial. */
  readonly receptiveField: readonly number[] | undefined;
}

/** Where a graph output is read. */
export interface PlannedOutput extends View {
  /** An int32 that says after a run how many of the rows are there; all of them are where this is absent. */
  readonly rows?: Pointer;
}

/** Where threads record indices outside their axes; see assembly/indexing/index_layout.ts. */
export interface IndexRecords {
  /** A record for each thread. */
  readonly pointer: Pointer;
  readonly threads: number;
  /** An index into `Plan.nodes`. */
  readonly node: number;
  /** Of the tensor that is indexed. */
  readonly shape: readonly number[];
  /** The axes that records count. */
  readonly axes: readonly number[];
}

export interface Plan {
  readonly nodes: readonly PlannedNode[];
  readonly steps: readonly Step[];
  readonly tables: readonly Table[];
  readonly slots: readonly Slot[];
  /** Of the nodes that take indices which only a run knows. */
  readonly indexRecords?: readonly IndexRecords[];
  /** Bytes of all activations and scratch memory. */
  readonly arenaBytes: number;
  /** Where each graph input is written; undefined for one that no step reads. */
  readonly inputs: readonly (View | undefined)[];
  /** Where each graph output is read; a tensor for one that is known without running. */
  readonly outputs: readonly (PlannedOutput | Tensor)[];
}
