// Plans that share a trainer's variables, kept by the types of the batches they are for.

import { guarded } from '../errors.js';
import type { Graph, TypedGraph } from '../graph/graph.js';
import { applyPasses } from '../graph/passes/index.js';
import { type ConstantFolder, specialize } from '../graph/specialize.js';
import type { Engine } from '../model/engine.js';
import { RecentPlans } from '../model/recentPlans.js';
import type { View } from '../ops/operator.js';
import type { Plan } from '../plan/plan.js';
import { makePlan } from '../plan/planner.js';
import type { WeightStore } from '../plan/weights.js';
import { tileRows } from '../runtime/features.js';
import type { Tensor, TensorType } from '../tensor.js';
import type { Roles } from './parameters.js';
import { type StepOptions, stepGraph, testGraph } from './stepGraph.js';
import type { TrainerOptions } from './trainerOptions.js';

export interface StepPlan {
  readonly plan: Plan;
  readonly prediction: TensorType;
  readonly targets: TensorType;
  /** The first of the plan's steps that change variables. */
  readonly firstUpdate: number;
  readonly loss: View;
  readonly predicted: View;
  readonly gradientNorm: View | undefined;
  /** Where each input that isn't a variable is written, by name. */
  readonly inputs: ReadonlyMap<string, View | undefined>;
}

export interface TestPlan {
  readonly plan: Plan;
  readonly prediction: TensorType;
  readonly targets: TensorType;
  readonly inputs: ReadonlyMap<string, View | undefined>;
}

export interface PredictionPlan {
  readonly plan: Plan;
  readonly inputs: ReadonlyMap<string, View | undefined>;
}

/** What the plans of a trainer are made of. */
export interface TrainingParts {
  /** The network, its variables among the inputs. */
  readonly graph: Graph;
  readonly roles: Roles;
  readonly weights: WeightStore;
  /** Where parameters, statistics and states of the optimiser lie. */
  readonly variables: ReadonlyMap<string, View>;
  readonly folder: ConstantFolder;
  readonly engine: Engine;
  readonly options: TrainerOptions & Pick<StepOptions, 'output' | 'seed'>;
}

/** Names the types of a batch. */
function keyOf(inputs: ReadonlyMap<string, Tensor>, targets: Tensor): string {
  return [...inputs.values(), targets].map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ');
}

export class TrainingPlans {
  private readonly steps = new RecentPlans<StepPlan>();
  private readonly tests = new RecentPlans<TestPlan>();
  private readonly predictions = new RecentPlans<PredictionPlan>();

  constructor(private readonly parts: TrainingParts) {}

  /** Forgets all plans. */
  clear(): void {
    this.steps.clear();
    this.tests.clear();
    this.predictions.clear();
  }

  private take<T>(plans: RecentPlans<T>, key: string, make: () => T): T {
    return plans.take(key, () => guarded("the network can't be planned for training", make));
  }

  private typesOf(inputs: ReadonlyMap<string, Tensor>): Map<string, TensorType> {
    const types = new Map<string, TensorType>();
    for (const [name, { dtype, shape }] of inputs) types.set(name, { dtype, shape });
    for (const { name } of this.parts.graph.inputs) {
      const variable = this.parts.variables.get(name);
      if (variable) types.set(name, { dtype: variable.dtype, shape: variable.shape });
    }
    return types;
  }

  /** The plan of a training step on such a batch. */
  step(inputs: ReadonlyMap<string, Tensor>, targets: Tensor): StepPlan {
    return this.take(this.steps, keyOf(inputs, targets), () => {
      const { graph: source, roles, folder, options, variables } = this.parts;
      const made = stepGraph(source, roles, this.typesOf(inputs), targets, folder, options);
      const { graph, places } = made;
      const updated = new Map<string, View>();
      for (const [variable, at] of places.updates) updated.set(graph.outputs[at], variables.get(variable)!);
      const firstNode = graph.nodes.findIndex(({ outputs }) => outputs.some((name) => updated.has(name)));
      const plan = this.planOf(graph, new Map([...variables, ...updated]));
      const view = (at: number) => plan.outputs[at] as View;
      return {
        plan,
        prediction: made.prediction,
        targets: { dtype: made.targets, shape: targets.shape },
        firstUpdate: plan.steps.findIndex(({ node }) => node >= firstNode),
        loss: view(places.loss),
        predicted: view(places.prediction),
        gradientNorm: places.gradientNorm === undefined ? undefined : view(places.gradientNorm),
        inputs: this.inputViews(graph, plan),
      };
    });
  }

  /** The plan of loss and prediction for such a batch, in inference mode. */
  test(inputs: ReadonlyMap<string, Tensor>, targets: Tensor): TestPlan {
    return this.take(this.tests, keyOf(inputs, targets), () => {
      const { graph, folder, options } = this.parts;
      const made = testGraph(graph, this.typesOf(inputs), targets, folder, options);
      const plan = this.planOf(made.graph);
      const inputViews = this.inputViews(made.graph, plan);
      return { plan, prediction: made.prediction, targets: { ...targets, dtype: made.targets }, inputs: inputViews };
    });
  }

  /** The plan of all outputs for such inputs, in inference mode. */
  prediction(inputs: ReadonlyMap<string, Tensor>): PredictionPlan {
    const key = [...inputs.values()].map(({ shape }) => `[${shape}]`).join(' ');
    return this.take(this.predictions, key, () => {
      const { folder } = this.parts;
      const typed = specialize(this.parts.graph, this.typesOf(inputs), new Map(), folder);
      const graph = applyPasses(typed, folder);
      const plan = this.planOf(graph);
      return { plan, inputs: this.inputViews(graph, plan) };
    });
  }

  /** The plan of `graph`, whose variables lie where they are, for the threads that are there. */
  private planOf(graph: TypedGraph, variables: ReadonlyMap<string, View> = this.parts.variables): Plan {
    const { weights, engine, options } = this.parts;
    const { threading } = engine;
    const { winograd } = options;
    const plan = makePlan(graph, weights, {
      winograd,
      threads: threading?.count,
      tileRows: tileRows(),
      variables,
    });
    return threading?.schedule(plan) ?? plan;
  }

  private inputViews({ inputs }: TypedGraph, plan: Plan): Map<string, View | undefined> {
    const views = inputs.map(({ name }, index) => [name, plan.inputs[index]] as const);
    return new Map(views.filter(([name]) => !this.parts.variables.has(name)));
  }
}
