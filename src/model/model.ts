// What users hold: a network, compiled for the shapes it is run with, in a memory of its own.

import { arrived, guarded, QuadlaneError } from '../errors.js';
import type { Graph, GraphInput, ModelMetadata } from '../graph/graph.js';
import type { UsableResource, WasmModule } from '../hostTypes.js';
import { present } from '../inspection.js';
import { checkOptions, numberIn, oneOf } from '../options.js';
import type { Plan, PlannedOutput } from '../plan/plan.js';
import { RunQueue } from '../runtime/runQueue.js';
import { Turns } from '../runtime/turns.js';
import { type DType, Tensor, type TypedArray, type TypedArrays } from '../tensor.js';
import type { Work } from '../work.js';
import { Compiled } from './compiled.js';
import { coreOf, type Engine, infoOf, type ModelInfo } from './engine.js';
import { checkInputs, type Tensors } from './inputs.js';
import {
  checkModelOptions,
  type ModelOptions,
  type RunOptions,
  type RunSyncOptions,
  runOptions,
  runSyncOptions,
} from './modelOptions.js';
import { declareOutputs, type ValueInfo } from './outputs.js';
import type { Profile, ProfileOptions } from './profile.js';
import { RecentPlans } from './recentPlans.js';
import { Session } from './session.js';
import { Stretches } from './stretches.js';
import { summarizePlans } from './summary.js';
import { giving } from './values.js';

export type { ModelMetadata } from '../graph/graph.js';
export type { ModelInfo } from './engine.js';
export type { Tensors } from './inputs.js';
export type { ModelLimits, ModelOptions, RunOptions, RunSyncOptions } from './modelOptions.js';
export type { ValueInfo } from './outputs.js';
export type { StepReport } from './watch.js';

/** An input of one element type. */
export interface TypedInputInfo<D extends DType> extends ValueInfo {
  readonly dtype: D;
  /**
   * A live view of the input in linear memory, for the shapes of the last run (or the fixed ones): fill it, and pass
   * `tensor(data, shape)` over it to `run`, and nothing is copied. Ask for it again after a run with other shapes.
   */
  readonly data: TypedArrays[D];
}

/** An input as the model declares it; its `dtype` tells the type of `data`. */
export type InputInfo = { [D in DType]: TypedInputInfo<D> }[DType];

export interface SaveOptions {
  /** Element type in which weights are stored, for smaller files. Default: their own. */
  weights?: 'int8' | 'float16';
}

/** Bytes of linear memory by use. */
export interface MemoryUse {
  /** All that the model holds. */
  readonly total: number;
  /** Packed weights. */
  readonly weights: number;
  /**
   * The same by form: `row-major` as they came, `panels`, `columns`, `depthwise` and others as large as they came,
   * reordered for the kernels, and `winograd` transformed for fewer multiplications: four times as large
   * for 3x3 taps, up to nine times for others.
   */
  readonly weightsByForm: Readonly<Record<string, number>>;
  /** Activations and scratch of the plan in use. */
  readonly activations: number;
}

/**
 * A compiled network. It owns a linear memory; everything is given back by `dispose()`, by `using`, or when the model
 * is no longer referenced. `Output` is the names of its outputs: any for a loaded one.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its objects have what the interface adds
export class Model<Output extends string = string> {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name: string = 'Model';

  /** Inputs by name. */
  readonly inputs: Readonly<Record<string, InputInfo>>;
  private readonly compiled: Compiled;
  private readonly stretches: Stretches;
  private readonly queue = new RunQueue();
  /** Parts of the network that give other values, by their names. */
  private readonly others = new RecentPlans<Compiled>();
  private session: Session | undefined;
  private declared: Readonly<Record<Output, ValueInfo>> | undefined;

  /**
   * Use `loadModel`, `loadModelSync` or `compile`.
   * @internal
   */
  constructor(
    /** The network as it was loaded or built. */
    readonly graph: Graph<Output>,
    private readonly engine: Engine,
    private readonly options: ModelOptions = {},
  ) {
    checkModelOptions(options);
    present(this);
    const limit = options.limits?.memory ?? Number.POSITIVE_INFINITY;
    const core = coreOf(engine, limit);
    if (options.deterministic && core.relaxed) {
      throw new QuadlaneError(
        'ARGUMENT',
        'deterministic models need the strict binary: pass "quadlane/strict.wasm" as { wasm }',
      );
    }
    this.compiled = new Compiled(graph, engine, options, () => core.sibling(limit));
    this.stretches = new Stretches(this.compiled, graph.dialect, () => this.alive());
    this.session = new Session(core, this.compiled.weights);
    this.inputs = Object.fromEntries(graph.inputs.map((input, index) => [input.name, this.describe(input, index)]));
  }

  /**
   * Plans for the declared shapes, once; a model that can't be planned gives everything back.
   * @returns this model
   * @internal
   */
  *planning(): Work<this> {
    let isPlanned = false;
    try {
      yield* this.compiled.preparingAhead(this.alive());
      isPlanned = true;
      return this;
    } finally {
      if (!isPlanned) this.dispose();
    }
  }

  /** Outputs by name; sizes that follow from a named one carry its name. */
  get outputs(): Readonly<Record<Output, ValueInfo>> {
    if (this.declared) return this.declared;
    this.alive();
    const { folder } = this.compiled;
    const plan = this.stretches.last ?? this.compiled.whole;
    const outputs = guarded("the model's outputs can't be told", () => declareOutputs(this.graph, plan, folder));
    // Without a plan a run may tell more.
    if (plan) this.declared = outputs;
    return outputs;
  }

  /** What its file says of itself, or what it was built with. */
  get metadata(): ModelMetadata {
    return this.graph.metadata ?? { properties: {} };
  }

  /**
   * The binary that it runs on.
   * @internal
   */
  get module(): WasmModule {
    return this.engine.module;
  }

  /** Bytes of linear memory in use. */
  get memory(): MemoryUse {
    const { core } = this.alive();
    const { weights, latest } = this.compiled;
    return {
      total: core.bytes,
      weights: weights.bytes,
      weightsByForm: weights.bytesByForm(),
      activations: Math.max(latest?.arenaBytes ?? 0, ...this.stretches.plans.map(({ arenaBytes }) => arenaBytes)),
    };
  }

  /** The binary and the threads in use. */
  get info(): ModelInfo {
    return infoOf(this.alive().core, this.engine, this.options);
  }

  /**
   * Runs the network.
   * @param inputs a tensor for each input, by name
   * @returns a tensor for each output, by name
   * @throws QuadlaneError `INPUT` when inputs don't fit the model or name elements that aren't there, `SHAPE` when the network
   * can't take them, `LIMIT` or `MEMORY` when they need too much memory, `HOST` when a thread was lost, `ABORTED` by the signal,
   * `DISPOSED`; what `onStep` throws
   */
  async run<const Name extends string = Output>(
    inputs: Tensors,
    options: RunOptions<Name> = {},
  ): Promise<Record<Name, Tensor>> {
    const { signal, onStep, outputs } = checkOptions('run()', options, runOptions);
    const { core } = this.alive();
    if (!core.pool && !signal && !onStep && this.queue.isIdle) return this.compute(inputs, options);
    const turns = signal || onStep ? new Turns('the run', signal) : undefined;
    return this.queue.take(checkInputs(this.graph.inputs, inputs), turns !== undefined, async (given) => {
      const running = this.stretches.giving(given, this.network(outputs));
      try {
        for (;;) {
          if (turns) await turns.pass();
          const { done, value } = running.next();
          if (done) return this.results(value, options);
          if (value === 'run') await this.alive().runInTurns({ signal, onStep });
        }
      } finally {
        running.return(undefined as never);
      }
    });
  }

  /** Like `run`, at once. In the main thread of a page one thread does it all. */
  runSync<const Name extends string = Output>(
    inputs: Tensors,
    options: RunSyncOptions<Name> = {},
  ): Record<Name, Tensor> {
    checkOptions('runSync()', options, runSyncOptions);
    this.queue.refuse();
    return this.compute(inputs, options);
  }

  /** The network that gives `outputs` in place of its own. */
  private network(outputs: readonly string[] | undefined): Compiled {
    if (outputs === undefined) return this.compiled;
    const graph = giving(this.graph, outputs);
    return this.others.take(JSON.stringify(graph.outputs), () => this.compiled.part(graph));
  }

  private compute<Name extends string>(inputs: Tensors, options: RunSyncOptions<Name>): Record<Name, Tensor> {
    this.alive();
    const given = checkInputs(this.graph.inputs, inputs);
    const running = this.stretches.giving(given, this.network(options.outputs));
    for (;;) {
      const { done, value } = running.next();
      if (done) return this.results(value, options);
      if (value === 'run') this.alive().run();
    }
  }

  /**
   * Times every step of a run, on all threads but in a page's main thread: operator, kernel, algorithm, shapes, time,
   * speed. Print the result, or write `profile.trace()` to a file that chrome://tracing opens. Clocks of browsers are
   * coarse: short steps need many rounds.
   * @throws QuadlaneError as `run`
   */
  async profile(inputs: Tensors, options: ProfileOptions = {}): Promise<Profile> {
    const { rounds } = checkOptions('profile()', options, ['rounds']);
    if (rounds !== undefined) numberIn('rounds', rounds, { from: 1, whole: true });
    const { profilePlan } = await arrived(import('./profile.js'));
    this.runSync(inputs, { copy: false });
    if (this.stretches.plans.length > 1) {
      throw new QuadlaneError(
        'UNSUPPORTED',
        'profile() times the steps of one plan, and this model has several: values that a run computes decide its shapes, branches or loops; time run() itself',
      );
    }
    return profilePlan(this.alive(), this.compiled.latest!, options);
  }

  /**
   * A table of the compiled network: operators with what is fused into them, output shapes, parameters, multiply-adds,
   * bytes, receptive fields.
   */
  summary(): string {
    this.alive();
    const { plans } = this.stretches;
    const { whole } = this.compiled;
    if (plans.length === 0 && !whole) {
      throw new QuadlaneError('INPUT', 'shapes depend on the inputs: run the model once before');
    }
    return summarizePlans(plans.length > 0 ? plans : [whole!], this.memory);
  }

  /**
   * The model as the bytes of a .safetensors file that `loadModel` reads back to the same outputs, bit for bit. Any tool
   * for such files reads the weights. With `weights` they are stored in a quarter or half of the bytes, rounded, and made float32
   * when the file is loaded.
   * @throws QuadlaneError `ARGUMENT`, `LIMIT` where a header would be too long
   */
  async save(options: SaveOptions = {}): Promise<Uint8Array> {
    const { weights } = checkOptions('save()', options, ['weights']);
    if (weights !== undefined) oneOf('weights', weights, ['int8', 'float16']);
    const { writeModel } = await arrived(import('../formats/safetensors/model-writer.js'));
    return writeModel(this.graph, weights);
  }

  /** Gives the memory back. The model can't be used afterwards. */
  dispose(): void {
    this.session?.dispose();
    this.session = undefined;
    this.compiled.clear();
    this.others.clear();
  }

  /** What consoles and `JSON.stringify` show: inputs, outputs, binary, threads and memory. */
  toJSON(): object {
    const { inputs } = this;
    if (!this.session) return { inputs, disposed: true };
    const { outputs, info, memory } = this;
    return { inputs, outputs, info, memory };
  }

  private alive(): Session {
    if (!this.session) throw new QuadlaneError('DISPOSED', 'this model was disposed: load it again to use it');
    return this.session;
  }

  private results<Name extends string>(plan: Plan, options: RunSyncOptions<Name>): Record<Name, Tensor> {
    const session = this.alive();
    session.core.isExposed ||= options.copy === false;
    const read = (output: PlannedOutput | Tensor) =>
      options.copy === false && !(output instanceof Tensor)
        ? new Tensor(output.dtype, session.shapeOf(output), session.live(output))
        : session.read(output);
    // Defines properties: an output may be called "__proto__".
    const names = [...new Set(options.outputs ?? [])];
    const given: readonly string[] = names.length > 0 ? names : this.graph.outputs;
    const entries = plan.outputs.map((output, index) => [given[index], read(output)]);
    return Object.fromEntries(entries) as Record<Name, Tensor>;
  }

  private describe(input: GraphInput, index: number): InputInfo {
    const live = (): TypedArray => {
      const session = this.alive();
      const { latest } = this.compiled;
      const view = latest?.inputs[index];
      if (!latest || !view) {
        throw new QuadlaneError(
          'INPUT',
          `"${input.name}" has no place in memory yet: run the model once with the shapes you want`,
        );
      }
      session.activate(latest);
      session.core.isExposed = true;
      return session.live(view);
    };
    const { dtype, shape } = input;
    // Not enumerable: consoles and JSON would show all elements.
    return Object.defineProperty({ dtype, shape }, 'data', { get: live }) as InputInfo;
  }
}

// biome-ignore lint/correctness/noUnusedVariables: declarations that merge have the same parameters
export interface Model<Output extends string = string> extends UsableResource {}
