// ONNX has channels first, quadlane last: the layout is changed before operators over space and changed back after; the
// compiler removes what cancels.

import { invertPermutation } from '../../shape.js';
import type { NodeContext } from './context.js';
import { channelsLast } from './layout.js';

export function toChannelsLast(context: NodeContext, x: string, rank: number): string {
  return rank < 3 ? x : context.step('transpose', [x], { permutation: channelsLast(rank) }, `${x}/channelsLast`);
}

/**
 * Writes the operator itself, channels last, and brings its first outputs back to channels first.
 * @param spatialOutputs how many outputs have channels and space
 */
export function emitChannelsLast(
  context: NodeContext,
  op: string,
  inputs: readonly string[],
  rank: number,
  attributes: Parameters<NodeContext['emit']>[2],
  spatialOutputs = 1,
): void {
  if (rank < 3) {
    context.emit(op, inputs, attributes);
    return;
  }
  const moved = (name: string, index: number) => name !== '' && index < spatialOutputs;
  const inner = context.outputs.map((name, index) =>
    moved(name, index) ? context.freshOutput(index, 'channelsLast') : name,
  );
  context.emit(op, inputs, attributes, inner);
  const permutation = invertPermutation(channelsLast(rank));
  for (const [index, name] of context.outputs.entries()) {
    if (moved(name, index)) context.stepInto(name, 'transpose', [inner[index]], { permutation });
  }
}

/** An operator over images whose result is images too; the inputs at `others` stay as they are. */
export function overImages(
  context: NodeContext,
  op: string,
  attributes: Parameters<NodeContext['emit']>[2],
  rank?: number,
  others: readonly number[] = [],
): void {
  const x = context.input(0);
  const axes = rank ?? context.knownRankOf(x);
  emitChannelsLast(
    context,
    op,
    [toChannelsLast(context, x, axes), ...others.map((index) => context.input(index))],
    axes,
    attributes,
  );
}
