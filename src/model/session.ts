// Plans in the memory of one model: weights at the bottom, above them the program and the arena of the plan in use.
// [binary's own data][weights][program][arena]

import { QuadlaneError } from '../errors.js';
import { Derived, derivation } from '../graph/derived.js';
import { expandComposites } from '../graph/passes/composites.js';
import { FAULT_BYTES, STEP_BYTES } from '../layouts.generated.js';
import { outside } from '../ops/lowering/indices.js';
import { bytesOf } from '../ops/lowering/views.js';
import { align } from '../plan/arena.js';
import type { IndexRecords, Plan, PlannedOutput } from '../plan/plan.js';
import { makePlan } from '../plan/planner.js';
import { addressOf, encodeProgram, programBytes } from '../plan/program.js';
import { placeBytes, type Weight, WeightStore } from '../plan/weights.js';
import type { Core } from '../runtime/core.js';
import { Turns } from '../runtime/turns.js';
import { sizeOf } from '../shape.js';
import { newArray, Tensor, type TypedArray, Unaligned } from '../tensor.js';
import { atOnce, type Work } from '../work.js';
import type { Watch } from './watch.js';

interface Encoded {
  readonly base: number;
  readonly bytes: Uint8Array;
}

function disposed(): QuadlaneError {
  return new QuadlaneError('DISPOSED', 'this model was disposed while it ran');
}

export class Session {
  private active: Plan | undefined;
  private base = 0;
  private loaded = 0;
  private readonly encoded = new WeakMap<Plan, Encoded>();

  /** Where the next weight goes. */
  private weightsEnd: number;

  /** @param start first address that the session may use */
  constructor(
    readonly core: Core,
    private readonly weights: WeightStore,
    private readonly start = align(core.heapBase),
  ) {
    this.weightsEnd = start;
  }

  /** Where the active plan's program lies. */
  get program(): number {
    return this.base;
  }

  /** Whether `plan` is placed and all its weights are loaded. */
  isActive(plan: Plan): boolean {
    return plan === this.active && this.loaded === this.weights.all.length;
  }

  /** Where the memory ends that `plan` needs, with all weights so far. */
  endFor(plan: Plan): number {
    return this.start + this.weights.bytes + programBytes(plan.steps, plan.tables, this.core.kernels) + plan.arenaBytes;
  }

  /** Makes `plan` the one that runs: loads weights that are new with it, places it and writes its program. */
  activate(plan: Plan): void {
    atOnce(this.activating(plan));
  }

  /** `activate`, weight by weight; the session does nothing else meanwhile. */
  *activating(plan: Plan): Work<void> {
    if (this.isActive(plan)) return;
    const { core } = this;
    const base = this.start + this.weights.bytes;
    const program = programBytes(plan.steps, plan.tables, core.kernels);
    this.active = undefined;
    core.ensure(this.endFor(plan));
    yield* this.loadingWeights();
    let encoded = this.encoded.get(plan);
    if (encoded?.base !== base) {
      for (const slot of plan.slots) slot.base = base + program + slot.offset;
      const bytes = encodeProgram(plan.steps, plan.tables, base, core.kernels);
      encoded = { base, bytes };
      this.encoded.set(plan, encoded);
    }
    core.write(base, encoded.bytes);
    for (const records of plan.indexRecords ?? []) this.records(records).fill(0);
    this.base = base;
    this.active = plan;
  }

  /**
   * Runs the active plan on what its inputs hold, or those of its steps from `first` to before `end`.
   * @throws QuadlaneError `INPUT` for an index outside its axis
   */
  run(first = 0, end = this.active!.steps.length): void {
    this.core.run(this.base + first * STEP_BYTES, end - first);
    this.checkIndices();
  }

  /**
   * Throws where the run before came upon an index outside its axis: the first that a thread found, of the first node.
   * @throws QuadlaneError `INPUT`
   */
  checkIndices(): void {
    const { indexRecords = [], nodes } = this.active!;
    for (const records of indexRecords) {
      const words = this.records(records);
      const at = words.findIndex((word, place) => place % (FAULT_BYTES / 4) === 0 && word !== 0);
      if (at < 0) continue;
      const axis = records.axes[words[at] - 1];
      const [index] = this.core.view('int64', addressOf(records.pointer) + 4 * at + 8, 1);
      this.clearIndices();
      const { name, op, inputs } = nodes[records.node];
      throw new QuadlaneError('INPUT', outside(index, records.shape, axis)).at(name, op, inputs);
    }
  }

  private clearIndices(): void {
    for (const records of this.active?.indexRecords ?? []) this.records(records).fill(0);
  }

  private records({ pointer, threads }: IndexRecords): Int32Array {
    return this.core.view('int32', addressOf(pointer), (FAULT_BYTES / 4) * threads);
  }

  /**
   * Runs the active plan in turns with what else the calling thread does.
   * @throws QuadlaneError `ABORTED` by the signal, `INPUT` for an index outside its axis; what `onStep` throws
   */
  async runInTurns(watch: Watch): Promise<void> {
    try {
      if (watch.signal || watch.onStep) await this.runWatched(watch);
      else await this.core.runInTurns(this.base, this.active!.steps.length);
    } catch (error) {
      this.clearIndices();
      throw error;
    }
    if (!this.active) throw disposed();
    this.checkIndices();
  }

  private async runWatched({ signal, onStep }: Watch): Promise<void> {
    const { steps, nodes } = this.active!;
    const turns = new Turns('the run', signal);
    for (let at = 0; at < steps.length; at++) {
      await turns.pass();
      if (!this.active) throw disposed();
      await this.core.runInTurns(this.base + at * STEP_BYTES, 1);
      const { name, op } = nodes[steps[at].node];
      onStep?.({ step: at + 1, steps: steps.length, node: name, operator: op });
    }
  }

  /** Gives back what the engine doesn't collect; a run under way is refused at its next step. */
  dispose(): void {
    this.active = undefined;
    this.core.dispose();
  }

  /** Runs one step of the active plan. */
  runStep(step: number): void {
    this.core.run(this.base + step * STEP_BYTES, 1);
  }

  /** The elements of a value without gaps: alive until the memory grows, overwritten by the next run. */
  live(view: PlannedOutput): TypedArray {
    return this.core.view(view.dtype, addressOf(view.pointer), sizeOf(this.shapeOf(view)));
  }

  /** The shape of a value after a run. */
  shapeOf({ shape, rows }: PlannedOutput): readonly number[] {
    return rows ? shape.with(0, this.core.view('int32', addressOf(rows), 1)[0]) : shape;
  }

  /** A copy of an output. */
  read(output: PlannedOutput | Tensor): Tensor {
    const data = output instanceof Tensor ? output.data : this.live(output);
    const copy = newArray(output.dtype, data.length);
    copy.set(data as never);
    return new Tensor(output.dtype, output instanceof Tensor ? output.shape : this.shapeOf(output), copy);
  }

  /**
   * Uploads and packs the weights that came since the last call, the largest first: what is staged for one lies right
   * above it, where later ones and the arena will be.
   */
  private *loadingWeights(): Work<void> {
    const { core, weights } = this;
    const pending = weights.all.slice(this.loaded).sort((a, b) => b.bytes - a.bytes);
    for (const weight of pending) {
      yield;
      weight.base = this.weightsEnd;
      this.weightsEnd += weight.bytes;
      const end = this.stage(weight);
      if (weight.steps.length > 0) this.pack(weight, end);
      else for (const { region, tensor } of weight.sources) core.move(region.base, weight.base, bytesOf(tensor));
    }
    this.loaded = weights.all.length;
  }

  /**
   * Brings the sources of a weight into the memory above it: uploads those that are known and computes the others. What
   * is only uploaded goes to its place at once.
   * @returns the end of all of them
   */
  private stage(weight: Weight): number {
    const { core } = this;
    let end = this.weightsEnd;
    const derived: Derived[] = [];
    for (const { region, tensor } of weight.sources) {
      if (tensor instanceof Derived) {
        derived.push(tensor);
        continue;
      }
      region.base = weight.steps.length > 0 ? end : weight.base;
      end = region.base + placeBytes(bytesOf(tensor));
      core.ensure(end);
      core.write(region.base, tensor instanceof Unaligned ? tensor.bytes : tensor.data);
    }
    if (derived.length === 0) return end;
    const leaves = new WeightStore();
    const plan = makePlan(expandComposites(derivation(derived)), leaves);
    const session = new Session(core, leaves, end);
    session.activate(plan);
    session.run();
    let next = 0;
    for (const { region, tensor } of weight.sources) {
      if (tensor instanceof Derived) region.base = addressOf((plan.outputs[next++] as PlannedOutput).pointer);
    }
    return session.endFor(plan);
  }

  private pack(weight: Weight, base: number): void {
    const { core } = this;
    core.ensure(base + programBytes(weight.steps, weight.tables, core.kernels));
    core.write(base, encodeProgram(weight.steps, weight.tables, base, core.kernels));
    core.run(base, weight.steps.length);
  }
}
