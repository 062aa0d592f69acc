// A factor and an offset for each channel become one step: batch norms that no filters take in.

import { countUses, Draft } from '../draft.js';
import type { TypedGraph } from '../graph.js';
import { channelArithmetic } from './scales.js';

export function fuseScaleShifts(graph: TypedGraph): TypedGraph {
  const uses = countUses(graph);
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    const shift = channelArithmetic(draft, node);
    const before = shift && draft.producer(node.inputs[shift.index]);
    const scale = before && uses.get(before.outputs[0]) === 1 ? channelArithmetic(draft, before) : undefined;
    const fits = scale?.operation === 'mul' && shift?.operation === 'add' && scale.isVector && shift.isVector;
    if (!fits || graph.types.get(node.outputs[0])?.dtype !== 'float32' || before?.attributes.activation) {
      draft.push(node);
      continue;
    }
    const shape = draft.typeOf(node.inputs[shift.index]).shape.slice(-1);
    const vectors = [scale, shift].map(({ factor }) =>
      draft.apply('reshape', [factor], { shape }, `${node.name}/vector`),
    );
    const { operation, ...activation } = node.attributes;
    draft.remove(before!);
    draft.push({
      ...node,
      op: 'scaleShift',
      inputs: [before!.inputs[scale.index], ...vectors],
      attributes: activation,
    });
  }
  return draft.finish();
}
