// A run of a network: one plan, or several one behind the other where values that a run computes decide what is planned.

import { guarded } from '../errors.js';
import { locate } from '../graph/builder.js';
import type { CallSubgraph, Dialect, Graph, Rest, Subgraph } from '../graph/graph.js';
import type { Plan } from '../plan/plan.js';
import type { Tensor } from '../tensor.js';
import type { Running, Work } from '../work.js';
import type { Compiled, Prepared } from './compiled.js';
import { RecentPlans } from './recentPlans.js';
import type { Session } from './session.js';

export class Stretches {
  /** The plans of the last run, in turn; those of bodies are not among them. */
  plans: readonly Plan[] = [];
  private readonly parts = new WeakMap<Subgraph, RecentPlans<Compiled>>();

  /** @param session throws once the model is disposed */
  constructor(
    private readonly root: Compiled,
    private readonly dialect: Dialect,
    private readonly session: () => Session,
  ) {}

  /** The one whose outputs are the network's. */
  get last(): Plan | undefined {
    return this.plans.at(-1);
  }

  /** `run` of a network that shares the root's weights: what is told of the last run is of the root's own. */
  *giving(given: readonly Tensor[], network: Compiled): Running<Plan> {
    const { plans } = this;
    const plan = yield* this.run(given, network);
    if (network !== this.root) this.plans = plans;
    return plan;
  }

  /** Runs the network, or a part of it; when it is over, the outputs lie where the plan that it gives has them. */
  *run(given: readonly Tensor[], network = this.root): Running<Plan> {
    const plans: Plan[] = [];
    let part = network;
    let inputs = given;
    for (;;) {
      const { plan, rest } = yield* this.begin(part, inputs);
      plans.push(plan);
      yield 'run';
      if (!rest) {
        this.plans = plans;
        return plan;
      }
      inputs = yield* this.between(plan, rest);
      part = this.part(rest.graph, inputs);
    }
  }

  /** Makes the plan for these inputs the active one, and writes them where it reads them. */
  private *begin(compiled: Compiled, given: readonly Tensor[]): Work<Prepared> {
    const prepared = yield* compiled.preparing(given, this.session());
    const session = this.session();
    const { plan } = prepared;
    // What lies in the model's own memory is overwritten by a change of plans, or by the inputs before it.
    const settled = session.isActive(plan);
    const sources = given.map(({ data }, index) => {
      const view = plan.inputs[index];
      const inPlace = settled && view && data.byteOffset === session.live(view).byteOffset;
      return data.buffer !== session.core.buffer || inPlace ? data : data.slice();
    });
    guarded("the model can't be planned", () => session.activate(plan));
    compiled.keep(prepared);
    plan.inputs.forEach((view, index) => {
      const source = sources[index];
      if (view && source.buffer !== session.core.buffer) session.live(view).set(source as never);
    });
    return prepared;
  }

  /** What the rest takes: outputs of the stretch before, and what is computed from them. */
  private *between({ outputs }: Plan, { between, graph }: Rest): Running<Tensor[]> {
    const session = this.session();
    const values = new Map(graph.constants);
    outputs.forEach((output, index) => {
      values.set(graph.inputs[index], session.read(output));
    });
    const call: CallSubgraph = (body, inputs) => this.call(body, inputs);
    for (const node of between) {
      const inputs = node.inputs.map((name) => values.get(name));
      const running = this.dialect.controls![node.op].run!(node, inputs, call);
      let step = locate(node, inputs, () => running.next());
      while (!step.done) {
        yield step.value;
        step = locate(node, inputs, () => running.next());
      }
      node.outputs.forEach((name, index) => {
        if (name !== '') values.set(name, (step.value as readonly Tensor[])[index]);
      });
    }
    return graph.inputs.map((name) => values.get(name)!);
  }

  private *call(body: Subgraph, inputs: readonly Tensor[]): Running<readonly Tensor[]> {
    const { plans } = this;
    const { outputs } = yield* this.run(inputs, this.part(body, inputs));
    this.plans = plans;
    return outputs.map((output) => this.session().read(output));
  }

  /** The network of a subgraph for inputs of these types. */
  private part(graph: Subgraph, inputs: readonly Tensor[]): Compiled {
    const known = this.parts.get(graph) ?? new RecentPlans<Compiled>();
    this.parts.set(graph, known);
    const key = inputs.map(({ dtype, shape }) => `${dtype}${shape.length}`).join();
    return known.take(key, () => this.root.part(asGraph(graph, this.dialect, inputs)));
  }
}

function asGraph(subgraph: Subgraph, dialect: Dialect, inputs: readonly Tensor[]): Graph {
  return {
    ...subgraph,
    dialect,
    inputs: subgraph.inputs.map((name, index) => {
      const { dtype, shape } = inputs[index];
      return { name, dtype, shape: shape.map((_, axis) => `${name}_dim_${axis}`) };
    }),
  };
}
