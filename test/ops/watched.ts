// Graphs through the whole compiler, run step by step in a memory whose every unused byte is NaN, every step watched: as one
// thread and as several, and writing nowhere but where its results lie.

import type { TypedGraph } from '../../src/graph/graph.js';
import { applyPasses } from '../../src/graph/passes/index.js';
import { type Compute, ConstantFolder, shapeInputs, specialize } from '../../src/graph/specialize.js';
import { SLACK_BYTES, STEP_BYTES } from '../../src/layouts.generated.js';
import { computeWith } from '../../src/model/constantFolding.js';
import { Session } from '../../src/model/session.js';
import { align, Slot } from '../../src/plan/arena.js';
import type { Plan } from '../../src/plan/plan.js';
import { makePlan } from '../../src/plan/planner.js';
import { WeightStore } from '../../src/plan/weights.js';
import { Core } from '../../src/runtime/core.js';
import { tileRows } from '../../src/runtime/features.js';
import type { Tensor, TensorType } from '../../src/tensor.js';
import { type Written, written } from '../graph/everything.js';
import { type Binary, moduleOf } from '../kernels/harness.js';

type Tensors = Readonly<Record<string, Tensor>>;

const NAN_BITS = 0x7fc00000;

/** `graph` for these inputs, typed and folded by the strict binary's kernels, but without any pass. */
export function specialized(graph: Written, inputs: Readonly<Record<string, TensorType>>): TypedGraph {
  const whole = written(graph);
  const wanted = shapeInputs(whole);
  const values = Object.entries(inputs).filter((entry): entry is [string, Tensor] => wanted.has(entry[0]));
  return specialize(whole, new Map(Object.entries(inputs)), new Map(values), foldingFor(graph));
}

const computes = new Map<Binary, Compute>();

/** Folding by the kernels of a binary. */
export function foldingFor(graph: Written, binary: Binary = 'strict'): ConstantFolder {
  const compute = computes.get(binary) ?? computeWith(coreOf(binary));
  computes.set(binary, compute);
  return new ConstantFolder(written(graph), compute);
}

/** The graph as a model would run it. */
export function compiled(graph: Written, inputs: Readonly<Record<string, TensorType>>): TypedGraph {
  return applyPasses(specialized(graph, inputs), foldingFor(graph));
}

function coreOf(binary: Binary): Core {
  return new Core(moduleOf(binary), Number.POSITIVE_INFINITY);
}

/**
 * The outputs of a compiled graph, every step watched: see `Watched`.
 * @param threads numbers of threads; all must give the same bits
 * @param byteDots what the plan is told of the engine instead of what its probe says
 * @throws Error where they don't, or where a step writes outside its slots
 */
export function runWatched(
  graph: TypedGraph,
  inputs: Tensors,
  binary: Binary,
  threads: readonly number[] = [1, 2],
  byteDots?: number,
): Tensor[] {
  const watched = new Watched(graph, binary, Math.max(...threads), byteDots);
  const [first, ...others] = threads.map((count) => watched.run(inputs, count));
  others.forEach((results, index) => {
    results.forEach((result, output) => {
      if (bitsOf(result) === bitsOf(first[output])) return;
      throw new Error(
        `${binary}: ${threads[index + 1]} threads give other bits than ${threads[0]} in output ${output}`,
      );
    });
  });
  return first;
}

/** A plan in a memory of NaN, run step by step. */
class Watched {
  private readonly plan: Plan;
  private readonly session: Session;
  private readonly core: Core;

  constructor(
    private readonly graph: TypedGraph,
    binary: Binary,
    threads: number,
    byteDots?: number,
  ) {
    const weights = new WeightStore();
    this.core = coreOf(binary);
    this.plan = makePlan(graph, weights, { threads, tileRows: tileRows(), byteDots: byteDots ?? this.core.byteDots });
    // Loading once makes the memory as large as it has to be: what grows later is zero, not NaN.
    new Session(this.core, weights).activate(this.plan);
    const free = align(this.core.heapBase);
    new Uint32Array(this.core.buffer, free).fill(NAN_BITS);
    this.session = new Session(this.core, weights);
    this.session.activate(this.plan);
  }

  /** Runs every step as each of `threads` threads, the last first; throws when one writes where it must not. */
  run(inputs: Tensors, threads: number): Tensor[] {
    const { core, plan, session } = this;
    let node = -1;
    this.poison(node);
    plan.inputs.forEach((view, index) => {
      if (view) session.live(view).set(inputs[this.graph.inputs[index].name].data as never);
    });
    plan.steps.forEach((step, index) => {
      while (node < step.node) this.poison(++node);
      const before = new Uint8Array(core.buffer).slice();
      for (let thread = threads - 1; thread >= 0; thread--) {
        core.run(session.program + index * STEP_BYTES, 1, thread, threads);
      }
      this.expectOnlySlots(before, index);
    });
    session.checkIndices();
    return plan.outputs.map((output) => session.read(output));
  }

  /** Fills the slots whose life begins at `node`, and the room behind them, with NaN. */
  private poison(node: number): void {
    const records = new Set(this.plan.indexRecords?.map(({ pointer }) => pointer !== 0 && pointer.region));
    for (const slot of this.plan.slots) {
      if (slot.first === node && !records.has(slot))
        new Uint32Array(this.core.buffer, slot.base, align(slot.bytes + SLACK_BYTES) / 4).fill(NAN_BITS);
    }
  }

  /** Fails when a step changed a byte outside the slots that its arguments point into. */
  private expectOnlySlots(before: Uint8Array, index: number): void {
    const step = this.plan.steps[index];
    const after = new Uint8Array(this.core.buffer);
    const regions = Object.values(step.args).map((value) => (typeof value === 'number' ? undefined : value.region));
    const slots = [...new Set(regions)].filter((region): region is Slot => region instanceof Slot);
    let from = 0;
    for (const { base, bytes } of [...slots.sort((a, b) => a.base - b.base), { base: after.length, bytes: 0 }]) {
      if (Buffer.compare(before.subarray(from, base), after.subarray(from, base)) !== 0) {
        let at = from;
        while (before[at] === after[at]) at++;
        throw new Error(
          `step ${index} (${step.kernel} of ${this.plan.nodes[step.node].label}) wrote at byte ${at}, outside its slots`,
        );
      }
      from = base + bytes;
    }
  }
}

/** Type, shape and bits, to be compared. */
export function bitsOf({ data, shape, dtype }: Tensor): string {
  return `${dtype} [${shape}] ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`;
}
