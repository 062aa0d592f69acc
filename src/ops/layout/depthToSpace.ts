// Moves blocks of channels into space and back: [N, H, W, b b C] and [N, b H, b W, C].

import { QuadlaneError } from '../../errors.js';
import { formatShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { sameRank } from '../lowering/partialShapes.js';
import { cut, permuteView } from '../lowering/subviews.js';
import type { Attributes, GradientRule, Operator, View } from '../operator.js';
import { movement } from './movement.js';

export interface DepthToSpaceAttributes extends Attributes {
  /** Pixels that a block has in each direction. */
  readonly blockSize: number;
  /** Whether a block's place counts faster than the channel in the deep tensor (CRD), instead of slower (DCR). */
  readonly blocksInside?: boolean;
}

function refuse({ shape }: TensorType, blockSize: number): never {
  throw new QuadlaneError(
    'SHAPE',
    `blocks of ${blockSize} x ${blockSize} pixels don't fit ${formatShape(shape)}: the tensor is [images, rows, columns, channels]`,
  );
}

/** The deep tensor as [N, H, W, b, b, C]. */
function blocksOf(deep: View, { blockSize, blocksInside }: DepthToSpaceAttributes): View {
  const channels = deep.shape[3] / blockSize ** 2;
  if (!blocksInside) return cut(cut(deep, 3, blockSize), 4, blockSize);
  return permuteView(cut(cut(deep, 3, channels), 4, blockSize), [0, 1, 2, 4, 5, 3]);
}

/** The wide tensor as [N, H, W, b, b, C]. */
function areasOf(wide: View, blockSize: number): View {
  const [, rows, columns] = wide.shape;
  return permuteView(cut(cut(wide, 2, columns / blockSize), 1, rows / blockSize), [0, 1, 3, 2, 4, 5]);
}

const depthToSpaceGradient: GradientRule = ({ apply, attributes, gradient }) => [
  apply('spaceToDepth', [gradient()], attributes),
];

export const depthToSpace: Operator<DepthToSpaceAttributes> = {
  name: 'depthToSpace',
  partialShapes: sameRank,
  gradient: depthToSpaceGradient,

  infer([input], { blockSize }) {
    const { dtype, shape } = input!;
    const fits = shape.length === 4 && Number.isInteger(blockSize) && blockSize > 0 && shape[3] % blockSize ** 2 === 0;
    if (!fits) refuse(input!, blockSize);
    const [images, rows, columns, channels] = shape;
    return [{ dtype, shape: [images, rows * blockSize, columns * blockSize, channels / blockSize ** 2] }];
  },

  ...movement<DepthToSpaceAttributes>((mover, [input], output, attributes) => {
    mover.copy(blocksOf(input, attributes), areasOf(output(0)!, attributes.blockSize));
  }),
};

const spaceToDepthGradient: GradientRule = ({ apply, attributes, gradient }) => [
  apply('depthToSpace', [gradient()], attributes),
];

export const spaceToDepth: Operator<DepthToSpaceAttributes> = {
  name: 'spaceToDepth',
  partialShapes: sameRank,
  gradient: spaceToDepthGradient,

  infer([input], { blockSize }) {
    const { dtype, shape } = input!;
    const fits = shape.length === 4 && Number.isInteger(blockSize) && blockSize > 0;
    if (!fits || shape[1] % blockSize !== 0 || shape[2] % blockSize !== 0) refuse(input!, blockSize);
    const [images, rows, columns, channels] = shape;
    return [{ dtype, shape: [images, rows / blockSize, columns / blockSize, channels * blockSize ** 2] }];
  },

  ...movement<DepthToSpaceAttributes>((mover, [input], output, attributes) => {
    mover.copy(areasOf(input, attributes.blockSize), blocksOf(output(0)!, attributes));
  }),
};
