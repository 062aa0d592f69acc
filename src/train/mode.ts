// From inference to training mode: batch norms normalise by the batch and move their running statistics, dropout drops.

import { QuadlaneError } from '../errors.js';
import { GraphBuilder, locate } from '../graph/builder.js';
import { operatorOf } from '../graph/dialect.js';
import type { TypedGraph } from '../graph/graph.js';
import { composition } from '../graph/passes/composites.js';
import { formatShape, sizeOf } from '../shape.js';
import { trainedStatistics } from './parameters.js';

export interface TrainingMode {
  readonly graph: TypedGraph;
  /** Values that replace running statistics after a step, by the statistic's name; not yet outputs of the graph. */
  readonly updates: ReadonlyMap<string, RunningUpdate>;
}

/** `momentum` of the old statistic and the rest of `batch`, times `correction`. */
export interface RunningUpdate {
  readonly batch: string;
  readonly momentum: number;
  readonly correction: number;
}

/**
 * `graph` in training mode. Statistics of the batch are further outputs of it.
 * @param trained names of the parameters that are trained: batch norms without any stay in inference mode
 * @param counter an int32 input that differs from step to step
 * @param seed decides, with the counter, what dropout drops
 */
export function trainingMode(
  graph: TypedGraph,
  trained: ReadonlyMap<string, unknown>,
  counter: string,
  seed: number,
): TrainingMode {
  const outputs = [...graph.outputs];
  const builder = new GraphBuilder({ ...graph, outputs });
  const updates = new Map<string, RunningUpdate>();
  graph.nodes.forEach((node, index) => {
    const rate = operatorOf(graph, node).dropRate?.(node.attributes) ?? 0;
    const [mean, variance] = trainedStatistics(graph, node, trained);
    if (rate > 0) {
      const attributes = { rate, seed: mixed(seed, index) };
      builder.push({
        ...node,
        op: 'randomMask',
        inputs: [node.inputs[0], counter],
        outputs: [node.outputs[0]],
        attributes,
      });
    } else if (mean !== undefined) {
      const types = node.inputs.map((name) => graph.types.get(name));
      const correction = locate(node, types, () => unbiased(types[0]!.shape));
      const [input, scale, shift] = node.inputs;
      const statistics = ['mean', 'variance'].map((name) => builder.fresh(`${node.name}/${name} of the batch`));
      builder.push({
        ...node,
        op: 'batchNormTraining',
        inputs: [input, scale, shift],
        outputs: [node.outputs[0], ...statistics],
        attributes: { epsilon: node.attributes.epsilon ?? 1e-5 },
      });
      const momentum = (node.attributes.momentum ?? 0.9) as number;
      updates.set(mean, { batch: statistics[0], momentum, correction: 1 });
      updates.set(variance, { batch: statistics[1], momentum, correction });
      outputs.push(...statistics);
    } else {
      builder.push(node);
    }
  });
  return { graph: builder.finish(), updates };
}

/** n / (n - 1) for the n values of each channel: the variance that is kept is the unbiased one. */
function unbiased(shape: readonly number[]): number {
  const count = sizeOf(shape.slice(0, -1));
  if (count > 1) return count / (count - 1);
  throw new QuadlaneError(
    'SHAPE',
    `batch norm can't be trained on ${formatShape(shape)}, one value a channel: use larger batches, or freeze the layer`,
  );
}

/** A seed of its own for each node. */
function mixed(seed: number, index: number): number {
  return Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b) >>> 1;
}

/** The new value of a running statistic. */
export function blend(
  builder: GraphBuilder,
  statistic: string,
  { batch, momentum, correction }: RunningUpdate,
): string {
  const { binary, scalar } = composition(builder, statistic);
  const now = binary('mul', batch, scalar((1 - momentum) * correction));
  return binary('add', binary('mul', statistic, scalar(momentum)), now);
}
