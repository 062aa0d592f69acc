// A network on its way to plans: specialised to types of inputs, through the passes, fitted into memory, shared by threads.

import { overLimit, QuadlaneError } from '../errors.js';
import type { Graph, Rest } from '../graph/graph.js';
import { optionalPasses, passing } from '../graph/passes/index.js';
import { type Compute, ConstantFolder, firstStretch, shapeInputs } from '../graph/specialize.js';
import { fitting } from '../plan/fit.js';
import type { Plan, PlannedOutput } from '../plan/plan.js';
import { WeightStore } from '../plan/weights.js';
import { shown } from '../printable.js';
import type { Core } from '../runtime/core.js';
import { tileRows } from '../runtime/features.js';
import { sameShape, sizeOf } from '../shape.js';
import { bytesPerElement, Tensor, type TensorType } from '../tensor.js';
import { guardedWork, type Work } from '../work.js';
import { computeWith } from './constantFolding.js';
import type { Engine } from './engine.js';
import { quoted } from './inputs.js';
import type { ModelOptions } from './modelOptions.js';
import { RecentPlans } from './recentPlans.js';
import type { Session } from './session.js';

/** A plan and the inputs that it is for. */
export interface Prepared {
  readonly plan: Plan;
  /** What is planned once the plan has run. */
  readonly rest?: Rest;
  /** Names shapes, and contents of the inputs that decide shapes. */
  readonly key: string;
  readonly types: readonly TensorType[];
  /** Contents of the inputs that decide shapes. */
  readonly values: string;
}

/** The plans of a network; all share its weights. */
export class Compiled {
  readonly weights: WeightStore;
  readonly folder: ConstantFolder;
  private readonly deciding: ReadonlySet<string>;
  private readonly without: ReadonlySet<string>;
  private readonly plans = new RecentPlans<Prepared>();
  /** Most bytes for the model's memory, constants that are computed, and the copies of outputs. */
  private readonly most: number;
  /** Where constants are computed; made when there is one to compute. */
  private scratch: Core | undefined;

  /**
   * @param scratch makes a memory to compute constants in
   * @param whole the network that this one is a part of
   */
  constructor(
    private readonly graph: Graph,
    private readonly engine: Engine,
    private readonly options: ModelOptions,
    scratch: () => Core,
    whole?: Compiled,
  ) {
    this.weights = whole?.weights ?? new WeightStore();
    this.without = new Set(options.withoutPasses);
    for (const name of this.without) {
      if (optionalPasses.has(name)) continue;
      throw new QuadlaneError(
        'ARGUMENT',
        `withoutPasses: ${shown(name)} can't be left out; choose from ${quoted([...optionalPasses])}`,
      );
    }
    this.deciding = shapeInputs(graph);
    this.most = options.limits?.memory ?? Number.POSITIVE_INFINITY;
    const compute: Compute = (...node) => {
      this.scratch ??= scratch();
      return computeWith(this.scratch)(...node);
    };
    this.folder = whole?.folder ?? new ConstantFolder(graph, compute, this.most);
  }

  /** A part of the network, or what a run has left of it: it shares weights and folded constants. */
  part(graph: Graph): Compiled {
    const none = () => {
      throw new Error('constants are computed by the whole');
    };
    return new Compiled(graph, this.engine, this.options, none, this);
  }

  /** The plan in use; undefined before the first. */
  get latest(): Plan | undefined {
    return this.plans.latest?.plan;
  }

  /** The plan in use, where nothing is left to plan behind it. */
  get whole(): Plan | undefined {
    const { latest } = this.plans;
    return latest?.rest ? undefined : latest?.plan;
  }

  /** The plan for inputs like these, made now or before; `keep` it once it is active. */
  *preparing(given: readonly Tensor[], session: Session): Work<Prepared> {
    const { latest } = this.plans;
    const values = this.valuesOf(given);
    const fits = latest?.values === values && latest.types.every(({ shape }, at) => sameShape(shape, given[at].shape));
    if (fits) return latest;
    return (
      this.plans.get(keyOf(given, values)) ??
      (yield* guardedWork("the model can't be planned", this.compiling(given, values, session)))
    );
  }

  /** Makes a plan the latest. */
  keep(prepared: Prepared): void {
    if (prepared !== this.plans.latest) this.plans.keep(prepared.key, prepared);
  }

  /** Plans for the declared shapes, open sizes as 1, so that load time pays and a bad model fails early. */
  *preparingAhead(session: Session): Work<void> {
    if (this.deciding.size > 0) return;
    const open = this.graph.inputs.some((input) => input.shape.some((extent) => typeof extent === 'string'));
    const types = this.graph.inputs.map(({ dtype, shape }) => ({
      dtype,
      shape: shape.map((extent) => (typeof extent === 'string' ? 1 : extent)),
    }));
    try {
      const prepared = yield* guardedWork("the model can't be planned", this.compiling(types, '', session));
      this.keep(prepared);
      yield* session.activating(prepared.plan);
    } catch (error) {
      // With open sizes 1 may simply be too small; the first run tells.
      if (!(open && error instanceof QuadlaneError && error.code === 'SHAPE')) throw error;
    } finally {
      this.scratch?.dispose();
      this.scratch = undefined;
    }
  }

  /** Forgets all plans. */
  clear(): void {
    this.plans.clear();
  }

  private valuesOf(given: readonly Tensor[]): string {
    if (this.deciding.size === 0) return '';
    return this.graph.inputs
      .map(({ name }, index) => (this.deciding.has(name) ? given[index].data.join() : ''))
      .join(';');
  }

  private *compiling(given: readonly TensorType[], values: string, session: Session): Work<Prepared> {
    const { graph, folder, options, most } = this;
    const types = new Map(graph.inputs.map(({ name, dtype }, index) => [name, { dtype, shape: given[index].shape }]));
    const known = new Map<string, Tensor>();
    graph.inputs.forEach(({ name }, index) => {
      const value = given[index];
      if (this.deciding.has(name) && value instanceof Tensor) {
        known.set(name, new Tensor(value.dtype, value.shape, value.data.slice() as never));
      }
    });
    const { threading } = this.engine;
    const { typed: first, rest } = firstStretch(graph, types, known, folder);
    const typed = yield* passing(first, folder, this.without);
    const planOptions = {
      winograd: options.winograd,
      threads: threading?.count,
      tileRows: tileRows(),
      byteDots: session.core.byteDots,
    };
    const bytesFor = (candidate: Plan) =>
      session.endFor(candidate) + folder.bytes + sum(candidate.outputs.map(bytesIn));
    const plan = yield* fitting(typed, this.weights, planOptions, most, bytesFor);
    const bytes = bytesFor(plan);
    if (bytes > most) throw overLimit(bytes, most);
    return {
      plan: threading?.schedule(plan) ?? plan,
      ...(rest && { rest }),
      key: keyOf(given, values),
      types: given.map(({ dtype, shape }) => ({ dtype, shape: [...shape] })),
      values,
    };
  }
}

function keyOf(given: readonly TensorType[], values: string): string {
  return `${given.map(({ shape }) => `[${shape}]`).join(' ')} ${values}`;
}

function bytesIn({ dtype, shape }: PlannedOutput | Tensor): number {
  return sizeOf(shape) * bytesPerElement(dtype);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
