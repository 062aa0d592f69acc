// Where the quantizer runs networks: compiled with further outputs, to be looked at, and given back afterwards.

import type { Graph, TypedGraph } from '../graph/graph.js';
import { ConstantFolder, shapeInputs } from '../graph/specialize.js';
import { computeWith } from '../model/constantFolding.js';
import { coreOf } from '../model/engine.js';
import type { Tensors } from '../model/inputs.js';
import { type CompileOptions, engineFor, type StartedEngine } from '../model/load.js';
import { Model } from '../model/model.js';
import type { ModelOptions } from '../model/modelOptions.js';
import type { Core } from '../runtime/core.js';
import { atOnce } from '../work.js';
import { prepare } from './prepare.js';

export class Laboratory {
  private readonly models: Model[] = [];
  private scratch: Core | undefined;

  private constructor(
    readonly engine: StartedEngine,
    readonly options: ModelOptions,
  ) {}

  static async open(options: CompileOptions): Promise<Laboratory> {
    return new Laboratory(await engineFor(options), options);
  }

  /** What computes constants of `graph`. */
  folder(graph: Graph): ConstantFolder {
    const limit = this.options.limits?.memory ?? Number.POSITIVE_INFINITY;
    return new ConstantFolder(graph, (...node) => {
      this.scratch ??= coreOf(this.engine, limit);
      return computeWith(this.scratch)(...node);
    });
  }

  /** `graph` as the quantizer works on it, for types as `sample` has them. */
  prepared(graph: Graph, sample: Tensors): TypedGraph {
    const folder = this.folder(graph);
    const types = new Map(graph.inputs.map(({ name }) => [name, sample[name]]));
    const deciding = new Map([...shapeInputs(graph)].map((name) => [name, sample[name]]));
    return prepare(graph, types, folder, deciding);
  }

  /** A model of `graph` that puts out `values` too; it lives until the laboratory is left. */
  async watching(graph: Graph, values: Iterable<string> = []): Promise<Model> {
    const inputs = new Set(graph.inputs.map(({ name }) => name));
    const outputs = [...new Set([...graph.outputs, ...values])].filter((name) => !inputs.has(name));
    const model = new Model({ ...graph, outputs }, this.engine, this.options);
    this.models.push(model);
    atOnce(model.planning());
    await this.engine.settled?.();
    return model;
  }

  /** Gives a model back before the others. */
  release(model: Model): void {
    model.dispose();
    this.models.splice(this.models.indexOf(model), 1);
  }

  leave(): void {
    for (const model of this.models) model.dispose();
    this.scratch?.dispose();
  }
}
