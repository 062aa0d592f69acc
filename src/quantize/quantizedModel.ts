// The model that the quantizer gives: one that runs in 8 bits, and knows what that costs.

import type { Graph } from '../graph/graph.js';
import type { Engine } from '../model/engine.js';
import { Model } from '../model/model.js';
import type { ModelOptions } from '../model/modelOptions.js';
import type { QuantizationReport } from './report.js';

/** A model in 8 bits: it runs, saves and exports as any other. `Output` is as of its network. */
export class QuantizedModel<Output extends string = string> extends Model<Output> {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static override readonly name: string = 'QuantizedModel';

  /**
   * Use `quantize`.
   * @internal
   */
  constructor(
    graph: Graph<Output>,
    engine: Engine,
    options: ModelOptions,
    /** What 8 bits cost, layer by layer; undefined where there were no samples to measure it on. */
    readonly report: QuantizationReport | undefined,
  ) {
    super(graph, engine, options);
  }
}
