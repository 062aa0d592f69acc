// ONNX operators that change how many pixels there are.

import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';

/** Inputs from `first` on that are there, as far as the last one of them. */
function resize(context: NodeContext, inputs: readonly number[], attributes: Parameters<NodeContext['emit']>[2]): void {
  const names = inputs.map((index) => (context.has(index) ? context.input(index) : ''));
  while (names.at(-1) === '') names.pop();
  context.emit('resize', [context.input(0), ...names], attributes);
}

/** Before operator set 11, as ONNX Runtime reads it. */
const asymmetric = (context: NodeContext) => ({
  mode: context.choice('mode', 'nearest', 'linear', 'bilinear', 'cubic').replace('bilinear', 'linear'),
  coordinates: 'asymmetric',
  nearest: 'outward',
});

const upsample: Importer = (context) => {
  if (context.opset >= 9) resize(context, [-1, 1], asymmetric(context));
  else resize(context, [], { ...asymmetric(context), scales: context.floats('scales') });
};

const resizeAny: Importer = (context) => {
  if (context.opset < 11) {
    resize(context, [-1, 1], asymmetric(context));
    return;
  }
  const coordinates = context.choice(
    'coordinate_transformation_mode',
    'half_pixel',
    'half_pixel_symmetric',
    'pytorch_half_pixel',
    'align_corners',
    'asymmetric',
    'tf_half_pixel_for_nn',
    'tf_crop_and_resize',
  );
  // Exporters write a region that only one mode reads.
  const region = coordinates === 'tf_crop_and_resize' ? 1 : -1;
  resize(context, [region, 2, 3], {
    mode: context.choice('mode', 'nearest', 'linear', 'cubic'),
    coordinates,
    nearest: context.choice('nearest_mode', 'round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'),
    cubicCoefficient: context.float('cubic_coeff_a', -0.75),
    excludeOutside: context.integer('exclude_outside', 0) === 1,
    antialias: context.integer('antialias', 0) === 1,
    axes: context.integers('axes'),
    aspectRatio: context.choice('keep_aspect_ratio_policy', 'stretch', 'not_larger', 'not_smaller'),
    extrapolation: context.float('extrapolation_value', 0),
  });
};

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

const blocks = (context: NodeContext) => ({ blockSize: context.requiredInteger('blocksize') });

export const sampling: Record<string, Importer> = {
  DepthToSpace: (context) =>
    overImages(
      context,
      'depthToSpace',
      { ...blocks(context), blocksInside: context.choice('mode', 'DCR', 'CRD') === 'CRD' },
      4,
    ),
  Resize: resizeAny,
  SpaceToDepth: (context) => overImages(context, 'spaceToDepth', blocks(context), 4),
  Upsample: upsample,
};
