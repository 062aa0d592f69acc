// Plans in the memory of one model: weights at the bottom, above them the program and the arena of the plan in use.
// [binary's own data][weights][program][arena]

import { align } from './plan/arena.js';
import type { Plan, PlannedOutput } from './plan/plan.js';
import { addressOf, encodeProgram, programBytes, STEP_BYTES } from './plan/program.js';
import type { Weight, WeightStore } from './plan/weights.js';
import type { Core } from './runtime/core.js';
import { sizeOf } from './shape.js';
import { newArray, Tensor, type TypedArray } from './tensor.js';

interface Encoded {
  readonly base: number;
  readonly bytes: Uint8Array;
}

export class Session {
  private active: Plan | undefined;
  private base = 0;
  private loaded = 0;
  private readonly encoded = new WeakMap<Plan, Encoded>();

  constructor(
    readonly core: Core,
    private readonly weights: WeightStore,
  ) {}

  /** Where the active plan's program lies. */
  get program(): number {
    return this.base;
  }

  /** Whether `plan` is placed and all its weights are loaded. */
  isActive(plan: Plan): boolean {
    return plan === this.active && this.loaded === this.weights.all.length;
  }

  /** Makes `plan` the one that runs: loads weights that are new with it, places it and writes its program. */
  activate(plan: Plan): void {
    if (this.isActive(plan)) return;
    const { core } = this;
    const weightsBase = align(core.heapBase);
    const base = weightsBase + this.weights.bytes;
    const program = programBytes(plan.steps, plan.tables, core.kernels);
    this.active = undefined;
    core.ensure(base + program + plan.arenaBytes);
    this.loadWeights(weightsBase, base);
    let encoded = this.encoded.get(plan);
    if (encoded?.base !== base) {
      for (const slot of plan.slots) slot.base = base + program + slot.offset;
      const bytes = encodeProgram(plan.steps, plan.tables, base, core.kernels);
      encoded = { base, bytes };
      this.encoded.set(plan, encoded);
    }
    core.write(base, encoded.bytes);
    this.base = base;
    this.active = plan;
  }

  /** Runs the active plan on what its inputs hold, or those of its steps from `first` to before `end`. */
  run(first = 0, end = this.active!.steps.length): void {
    this.core.run(this.base + first * STEP_BYTES, end - first);
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

  /** Uploads and packs the weights that came since the last call, above all weights, one after the other. */
  private loadWeights(weightsBase: number, staging: number): void {
    const { core, weights } = this;
    const pending = weights.all.slice(this.loaded);
    for (const weight of pending) weight.base = weightsBase + weight.offset;
    for (const weight of pending) {
      if (weight.steps.length > 0) this.pack(weight, staging);
      else for (const { tensor } of weight.sources) core.write(weight.base, tensor.data);
    }
    this.loaded = weights.all.length;
  }

  private pack(weight: Weight, staging: number): void {
    const { core } = this;
    const base = staging + weight.sourceBytes;
    core.ensure(base + programBytes(weight.steps, weight.tables, core.kernels));
    for (const source of weight.sources) {
      source.region.base = staging + source.offset;
      core.write(source.region.base, source.tensor.data);
    }
    core.write(base, encodeProgram(weight.steps, weight.tables, base, core.kernels));
    core.run(base, weight.steps.length);
  }
}
