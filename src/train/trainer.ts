// What users hold while they train: the variables of a network in one memory, and the plans that share them: training
// steps and predictions for any batch size.

import { guarded, QuadlaneError } from '../errors.js';
import { extendDialect } from '../graph/dialect.js';
import type { Graph } from '../graph/graph.js';
import { ConstantFolder } from '../graph/specialize.js';
import type { UsableResource } from '../hostTypes.js';
import { present } from '../inspection.js';
import { computeWith } from '../model/constantFolding.js';
import { coreOf, type Engine, infoOf, type ModelInfo } from '../model/engine.js';
import { checkInputs, quoted } from '../model/inputs.js';
import { type CompileOptions, compileGraph, compileOptions } from '../model/load.js';
import type { Model, Tensors } from '../model/model.js';
import { Session } from '../model/session.js';
import type { View } from '../ops/operator.js';
import { checkOptions, numberIn } from '../options.js';
import type { Plan } from '../plan/plan.js';
import { WeightStore } from '../plan/weights.js';
import { shown } from '../printable.js';
import type { Core } from '../runtime/core.js';
import { formatShape, sameShape } from '../shape.js';
import { isFloat, type Tensor, type TensorType, tensor } from '../tensor.js';
import { converted, targetsOf, write } from './batches.js';
import { countCorrect } from './correct.js';
import { type Batch, checkBatch, type Dataset, isTensor } from './data.js';
import { training } from './dialect.js';
import { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.js';
import { type FitOptions, type Progress, trainEpochs } from './fit.js';
import { initialState } from './optimizers/optimizer.js';
import { type Roles, rolesOf, type Trainable } from './parameters.js';
import { TrainingPlans } from './plans.js';
import { checkState, type TrainerState } from './state.js';
import { COUNTER, SCALARS, type StepOptions, stateName, TARGETS, withVariables } from './stepGraph.js';
import type { TrainerOptions } from './trainerOptions.js';

export interface StepResult {
  readonly loss: number;
  /** Samples (pixels, where each has a label) whose largest prediction is at the label; undefined without labels. */
  readonly correct?: number;
  /** Norm of all gradients before they were scaled; where `clipNorm` is set. */
  readonly gradientNorm?: number;
}

/** What the network makes of a batch without learning from it. */
export interface TestResult extends Pick<StepResult, 'loss' | 'correct'> {
  /** The output that the loss is of. */
  readonly prediction: Tensor;
}

/** Does nothing, but what is active with it has loaded all variables. */
const idle: Plan = { nodes: [], steps: [], tables: [], slots: [], arenaBytes: 0, inputs: [], outputs: [] };

/**
 * Trains a network. It owns a linear memory, given back by `dispose()` or when it is no longer referenced. `Output` is as of
 * its network.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its objects have what the interface adds
export class Trainer<Output extends string = string> {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Trainer';

  /** The rate of the next steps. */
  learningRate: number;
  /** The momentum (Adam's beta1) of the next steps; undefined for the optimiser's own. */
  momentum: number | undefined;
  private done = 0;
  private session: Session | undefined;
  private readonly source: Graph<Output>;
  /** The network, its variables among the inputs. */
  private readonly graph: Graph;
  private readonly roles: Roles;
  private readonly weights = new WeightStore();
  private readonly variables = new Map<string, View>();
  private readonly plans: TrainingPlans;
  private readonly options: TrainerOptions & Pick<StepOptions, 'output' | 'seed'>;

  /**
   * Use `createTrainer`.
   * @internal
   */
  constructor(
    network: Trainable<Output>,
    private readonly engine: Engine,
    options: TrainerOptions,
  ) {
    present(this);
    this.source = network.graph;
    const { output = this.source.outputs[0], seed = 0 } = options;
    if (!(this.source.outputs as readonly string[]).includes(output)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `the network has no output ${shown(output)}; its outputs are ${quoted(this.source.outputs)}`,
      );
    }
    this.options = { ...options, output, seed };
    this.learningRate = options.optimizer.learningRate;
    this.roles = guarded("the network can't be trained", () =>
      rolesOf({ ...network, graph: this.source }, options.frozen),
    );
    const initial = new Map([...this.roles.trained, ...this.roles.statistics]);
    const dialect = extendDialect(this.source.dialect, training);
    this.graph = withVariables({ ...this.source, dialect }, initial);
    for (const [name, value] of initial) this.variables.set(name, this.weights.dense(value));
    for (const [name, { shape }] of this.roles.trained) {
      for (const state of options.optimizer.state) {
        const first = initialState(options.optimizer, state, shape);
        this.variables.set(stateName(name, state), this.weights.dense(first));
      }
    }
    const limit = options.limits?.memory ?? Number.POSITIVE_INFINITY;
    const core = coreOf(engine, limit);
    this.session = new Session(core, this.weights);
    // With the variables in their places threads can come into the memory before the first step.
    if (core.pool) this.session.activate(idle);
    let scratch: Core | undefined;
    const folder = new ConstantFolder(this.graph, (...node) => {
      scratch ??= core.sibling(limit);
      return computeWith(scratch)(...node);
    });
    const { graph, roles, weights, variables } = this;
    this.plans = new TrainingPlans({ graph, roles, weights, variables, folder, engine, options: this.options });
  }

  /** The binary and the threads in use. */
  get info(): ModelInfo {
    return infoOf(this.alive().core, this.engine, this.options);
  }

  /** Steps done. */
  get stepsDone(): number {
    return this.done;
  }

  /**
   * Learns from one batch: forward, loss, gradients, update.
   * @throws QuadlaneError `INPUT` or `SHAPE` when the batch doesn't fit the network or the loss, `ARGUMENT` for a label out
   * of range, `DIVERGED` when the loss isn't finite, `UNSUPPORTED` for operators without a gradient, `DISPOSED`; the
   * variables are as before then. `HOST` when a thread was lost: go on from a checkpoint in a new trainer
   */
  step(batch: Batch): StepResult {
    const session = this.alive();
    numberIn('learningRate', this.learningRate, { from: 0 });
    const inputs = this.named(checkBatch(batch).inputs);
    const given = targetsOf(batch);
    const planned = this.plans.step(inputs, given);
    const targets = converted(given, planned.targets.dtype);
    this.options.loss.check?.(targets, planned.prediction);
    const scalars = this.options.optimizer.scalars(this.done + 1, this.learningRate, this.momentum);
    const values = new Map(inputs)
      .set(TARGETS, targets)
      .set(SCALARS, tensor(Float32Array.from(scalars)))
      .set(COUNTER, tensor(Int32Array.of(this.done), []));
    session.activate(planned.plan);
    write(session, planned.inputs, values);
    session.run(0, planned.firstUpdate);
    const loss = Number(session.live(planned.loss)[0]);
    if (!Number.isFinite(loss)) {
      throw new QuadlaneError(
        'DIVERGED',
        `the loss of step ${this.done + 1} is ${loss}: lower the learning rate, clip gradients (clipNorm), or look for inputs that aren't finite. The parameters are those from before the step`,
      );
    }
    const correct = this.countCorrect(session.live(planned.predicted) as Float32Array, planned.prediction, targets);
    const gradientNorm = planned.gradientNorm && Number(session.live(planned.gradientNorm)[0]);
    session.run(planned.firstUpdate);
    this.done++;
    return { loss, ...(correct !== undefined && { correct }), ...(gradientNorm !== undefined && { gradientNorm }) };
  }

  /**
   * Loss and prediction for a batch of any size, in inference mode; nothing is learnt.
   * @throws QuadlaneError `INPUT`, `SHAPE`, `ARGUMENT`, `DISPOSED` as `step`
   */
  test(batch: Batch): TestResult {
    const session = this.alive();
    const inputs = this.named(checkBatch(batch).inputs);
    const given = targetsOf(batch);
    const planned = this.plans.test(inputs, given);
    const targets = converted(given, planned.targets.dtype);
    this.options.loss.check?.(targets, planned.prediction);
    session.activate(planned.plan);
    write(session, planned.inputs, new Map(inputs).set(TARGETS, targets));
    session.run();
    const [prediction, loss] = planned.plan.outputs.map((output) => session.read(output));
    const correct = this.countCorrect(prediction.data as Float32Array, planned.prediction, targets);
    return { loss: Number(loss.data[0]), prediction, ...(correct !== undefined && { correct }) };
  }

  /**
   * Trains for whole epochs: `for await (const progress of trainer.fit({ train, epochs })) ...`; see `FitOptions`.
   * @throws QuadlaneError `ARGUMENT`, `ABORTED`, `FORMAT` for a damaged checkpoint, and as `step`
   */
  fit(options: FitOptions): AsyncGenerator<Progress, void, void> {
    return trainEpochs(this, options);
  }

  /**
   * Loss, accuracy, confusion matrix, precision and recall over a data set, in inference mode.
   * @throws QuadlaneError `ARGUMENT` for a data set without examples, and as `test`
   */
  evaluate(data: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    return evaluate(this, data, options);
  }

  /**
   * All outputs of the network for a batch of any size, in inference mode.
   * @throws QuadlaneError as `Model.run`
   */
  predict(given: Tensors | Tensor): Record<Output, Tensor> {
    const session = this.alive();
    const inputs = this.named(given);
    const { plan, inputs: views } = this.plans.prediction(inputs);
    session.activate(plan);
    write(session, views, inputs);
    session.run();
    const entries = this.source.outputs.map((name, index) => [name, session.read(plan.outputs[index])]);
    return Object.fromEntries(entries) as Record<Output, Tensor>;
  }

  /** Copies of the network's parameters and statistics as they are now, by name; frozen ones among them. */
  parameters(): Map<string, Tensor> {
    const now = this.read([...this.roles.trained.keys(), ...this.roles.statistics.keys()]);
    const numbers = [...this.source.constants].filter(([, { dtype }]) => isFloat(dtype));
    return new Map(numbers.map(([name, value]) => [name, now.get(name) ?? value]));
  }

  /** A model with the parameters as they are now, for inference, saving and exporting. */
  toModel(options: CompileOptions = {}): Model<Output> {
    checkOptions('toModel()', options, compileOptions);
    const constants = new Map([...this.source.constants, ...this.parameters()]);
    return compileGraph({ ...this.source, constants }, options);
  }

  /** Everything that training goes on from. */
  state(): TrainerState {
    const { name: optimizer } = this.options.optimizer;
    const tensors = this.read([...this.variables.keys()]);
    return { step: this.done, learningRate: this.learningRate, optimizer, tensors };
  }

  /**
   * Goes on from `state`, of a trainer of the same network and optimiser.
   * @throws QuadlaneError `ARGUMENT` naming what is missing, too much or of another kind; nothing changes then
   */
  restore(state: TrainerState): void {
    const session = this.alive();
    const { name: own } = this.options.optimizer;
    const { step, learningRate, optimizer, tensors } = checkState('restore()', state);
    if (optimizer !== own) {
      throw new QuadlaneError('ARGUMENT', `restore(): the state is of the optimiser "${optimizer}", not of "${own}"`);
    }
    const unknown = [...tensors.keys()].find((name) => !this.variables.has(name));
    if (unknown !== undefined) {
      throw new QuadlaneError(
        'ARGUMENT',
        `restore(): there is no "${unknown}" here: the state is of another network or optimiser`,
      );
    }
    for (const [name, { dtype, shape }] of this.variables) {
      const value = tensors.get(name);
      if (value && value.dtype === dtype && sameShape(value.shape, shape)) continue;
      throw new QuadlaneError(
        'ARGUMENT',
        `restore(): "${name}" should be ${dtype} ${formatShape(shape)}, but ${value ? `is ${value.dtype} ${formatShape(value.shape)}` : 'is missing'}: the state is of another network or optimiser`,
      );
    }
    if (!session.isActive(idle)) session.activate(idle);
    for (const [name, view] of this.variables) session.live(view).set(tensors.get(name)!.data as never);
    this.done = step;
    this.learningRate = learningRate;
  }

  /** Gives the memory back and ends the threads. The trainer can't be used afterwards. */
  dispose(): void {
    this.session?.dispose();
    this.session = undefined;
    this.plans.clear();
  }

  /** What consoles and `JSON.stringify` show: inputs, outputs, steps, rate, binary and threads. */
  toJSON(): object {
    const { stepsDone, learningRate, momentum } = this;
    const { inputs, outputs } = this.source;
    const known = { inputs, outputs, stepsDone, learningRate, momentum };
    return this.session ? { ...known, info: this.info } : { ...known, disposed: true };
  }

  private alive(): Session {
    if (!this.session) throw new QuadlaneError('DISPOSED', 'this trainer was disposed: make a new one');
    return this.session;
  }

  /** Copies of variables. */
  private read(names: readonly string[]): Map<string, Tensor> {
    const session = this.alive();
    session.activate(idle);
    return new Map(names.map((name) => [name, session.read(this.variables.get(name)!)]));
  }

  private named(given: Tensors | Tensor): Map<string, Tensor> {
    const declared = this.source.inputs;
    const inputs = isTensor(given) ? { [declared[0].name]: given } : given;
    return new Map(checkInputs(declared, inputs).map((value, index) => [declared[index].name, value]));
  }

  /** Right ones among the labels; undefined where the targets are none. */
  private countCorrect(scores: Float32Array, prediction: TensorType, targets: Tensor): number | undefined {
    const axis = this.options.loss.classAxis?.(prediction, targets);
    return axis === undefined ? undefined : countCorrect(scores, prediction.shape, axis, targets);
  }
}

// biome-ignore lint/correctness/noUnusedVariables: declarations that merge have the same parameters
export interface Trainer<Output extends string = string> extends UsableResource {}
