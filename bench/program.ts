// A graph as a program in a linear memory of its own, whose steps can be run one by one.

import type { Graph } from '../src/graph/graph.js';
import { applyPasses } from '../src/graph/passes/index.js';
import { ConstantFolder, specialize } from '../src/graph/specialize.js';
import { PEAK_OPERATIONS, STEP_BYTES } from '../src/layouts.generated.js';
import { computeWith } from '../src/model/constantFolding.js';
import { Session } from '../src/model/session.js';
import { ByteDots } from '../src/ops/kernels.generated.js';
import type { View } from '../src/ops/operator.js';
import type { Pointer } from '../src/ops/pointer.js';
import { align, arrange, Slot } from '../src/plan/arena.js';
import type { Plan, Step } from '../src/plan/plan.js';
import { makePlan, type PlanOptions } from '../src/plan/planner.js';
import { WeightStore } from '../src/plan/weights.js';
import { Core } from '../src/runtime/core.js';
import { tileRows } from '../src/runtime/features.js';
import { Tensor } from '../src/tensor.js';

/** Steps that bring a graph input into its halo; in a network the layer before writes there. */
const EDGE_KERNELS = ['clear_halo', 'copy_4'];
const PEAK_ROUNDS = 100_000;
/** Floating-point operations of the peak's program. */
export const PEAK_PROGRAM = PEAK_OPERATIONS * PEAK_ROUNDS;

/** Folding of `graph` with the kernels of `module`. */
export function foldingOf(graph: Graph, module: WebAssembly.Module): ConstantFolder {
  return new ConstantFolder(graph, computeWith(new Core(module, Number.POSITIVE_INFINITY)));
}

export class Program {
  readonly plan: Plan;
  private readonly core: Core;
  private readonly session: Session;
  private readonly base: number;

  private constructor(module: WebAssembly.Module, weights: WeightStore, plan: Plan) {
    this.plan = plan;
    this.core = new Core(module, Number.POSITIVE_INFINITY);
    this.session = new Session(this.core, weights);
    this.session.activate(plan);
    this.base = align(this.core.heapBase) + weights.bytes;
  }

  /** Compiles `graph` as a model does, open sizes as 1. */
  static of(graph: Graph, module: WebAssembly.Module, options: PlanOptions = {}): Program {
    const weights = new WeightStore();
    const folding = foldingOf(graph, module);
    const types = graph.inputs.map(({ name, dtype, shape }) => {
      const concrete = shape.map((extent) => (typeof extent === 'string' ? 1 : extent));
      return [name, { dtype, shape: concrete }] as const;
    });
    const specialized = specialize(graph, new Map(types), new Map(), folding);
    return new Program(
      module,
      weights,
      makePlan(applyPasses(specialized, folding), weights, {
        tileRows: tileRows(),
        byteDots: new Core(module, Number.POSITIVE_INFINITY).byteDots,
        ...options,
      }),
    );
  }

  /** A program whose only step is `kernel`, on 256 bytes before the room for its result. */
  private static ofOne(
    module: WebAssembly.Module,
    stepOf: (input: Pointer, output: Pointer) => Pick<Step, 'kernel' | 'args'>,
  ): Program {
    const slot = new Slot(512);
    slot.use(0);
    const [input, output] = [0, 256].map((offset) => ({ region: slot, offset }));
    const steps = [{ ...stepOf(input, output), node: 0 }];
    const plan = { nodes: [], steps, tables: [], slots: [slot], arenaBytes: arrange([slot]), inputs: [], outputs: [] };
    return new Program(module, new WeightStore(), plan);
  }

  /** The program whose only step is `PEAK_PROGRAM` operations of the engine's multiply-add peak. */
  static ofPeak(module: WebAssembly.Module): Program {
    return Program.ofOne(module, (input, output) => ({
      kernel: 'f32_multiply_add_peak',
      args: { input, output, count: PEAK_ROUNDS },
    }));
  }

  /** The same of integers: bytes where the engine multiplies them exactly, else pairs of 16 bits. */
  static ofIntegerPeak(module: WebAssembly.Module): { program: Program; operations: number } {
    const elementBytes = new Core(module, Number.POSITIVE_INFINITY).byteDots === ByteDots.none ? 2 : 1;
    const program = Program.ofOne(module, (input, output) => ({
      kernel: 'integer_multiply_add_peak',
      args: { input, output, count: PEAK_ROUNDS, elementBytes },
    }));
    return { program, operations: (PEAK_PROGRAM * 4) / elementBytes };
  }

  /** Index of the first step that computes. */
  get firstStep(): number {
    return Math.max(
      0,
      this.plan.steps.findIndex(({ kernel }) => !EDGE_KERNELS.includes(kernel)),
    );
  }

  /** The kernel of that step. */
  get kernel(): string {
    return this.plan.steps[this.firstStep].kernel;
  }

  run(): void {
    this.session.run();
  }

  /** Runs the steps from `first` to before `last`. */
  runSteps(first: number, last: number): void {
    this.core.run(this.base + STEP_BYTES * first, last - first);
  }

  /** Fills input `index`. */
  fill(index: number, values: Float32Array | Uint8Array): void {
    (this.session.live(this.plan.inputs[index] as View) as typeof values).set(values);
  }

  /** A copy of the first output. */
  output(): Float32Array {
    const [output] = this.plan.outputs;
    if (output instanceof Tensor) throw new Error('the output of this graph is a constant');
    return this.session.read(output).data as Float32Array;
  }
}
