// A factor and an offset for each channel become one step: batch norms that no filters take in.

import { countUses, GraphBuilder } from '../builder.js';
import type { TypedGraph } from '../graph.js';
import { channelArithmetic } from './scales.js';

export function fuseScaleShifts(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const shift = channelArithmetic(builder, node);
    const before = shift && builder.producer(node.inputs[shift.index]);
    const scale = before && uses.get(before.outputs[0]) === 1 ? channelArithmetic(builder, before) : undefined;
    const fits = scale?.operation === 'mul' && shift?.operation === 'add' && scale.isVector && shift.isVector;
    if (!fits || graph.types.get(node.outputs[0])?.dtype !== 'float32' || before?.attributes.activation) {
      builder.push(node);
      continue;
    }
    const shape = builder.typeOf(node.inputs[shift.index]).shape.slice(-1);
    const vectors = [scale, shift].map(({ factor }) =>
      builder.apply('reshape', [factor], { shape }, `${node.name}/vector`),
    );
    const { operation, ...activation } = node.attributes;
    builder.remove(before!);
    builder.push({
      ...node,
      op: 'scaleShift',
      inputs: [before!.inputs[scale.index], ...vectors],
      attributes: activation,
    });
  }
  return builder.finish();
}
