// What ONNX says of windows over space (of convolutions and pools) as attributes.

import type { NodeContext } from './context.js';

/** strides, dilations, padding and autoPad of a window over `spatialRank` axes. */
export function windowAttributes(context: NodeContext, spatialRank: number) {
  const mode = context.choice('auto_pad', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER');
  if (spatialRank < 1) throw context.damaged(`has weights or a kernel over ${spatialRank} spatial axes, not 1 to 3`);
  const list = (name: string, length: number, value: number) => {
    const given = context.integers(name);
    if (given && given.length !== length) {
      throw context.damaged(`has ${given.length} ${name} over ${spatialRank} spatial axes, ${length} are needed`);
    }
    return given ?? new Array<number>(length).fill(value);
  };
  const padding = list('pads', 2 * spatialRank, 0);
  return {
    strides: list('strides', spatialRank, 1),
    dilations: list('dilations', spatialRank, 1),
    padding: mode === 'VALID' ? padding.fill(0) : padding,
    ...(mode.startsWith('SAME') && { autoPad: mode.toLowerCase().replace('_', '-') }),
  };
}

/**
 * Attributes of a convolution, and the rank of its input.
 * @param input,filters places of the node's inputs
 */
export function convAttributes(context: NodeContext, input: number, filters: number) {
  const kernelShape = context.integers('kernel_shape');
  const [x, w] = [context.input(input), context.input(filters)];
  const rank = kernelShape ? kernelShape.length + 2 : (context.rankOf(w) ?? context.knownRankOf(x));
  const weights = context.constant(filters);
  if (weights && (weights.shape.length !== rank || kernelShape?.some((extent, i) => extent !== weights.shape[i + 2]))) {
    throw context.damaged(`has kernel_shape [${kernelShape}], but weights of shape [${weights.shape.join(', ')}]`);
  }
  return { rank, attributes: { ...windowAttributes(context, rank - 2), groups: context.integer('group', 1) } };
}
