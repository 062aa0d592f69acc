// ONNX operators that sample images: resizing, grids, regions, boxes.

import { overImages } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';

const nonMaxSuppression: Importer = (context) => {
  context.emit(
    'nonMaxSuppression',
    [
      context.input(0),
      context.input(1),
      context.optionalInput(3),
      context.optionalInput(4),
      context.has(2) ? context.input(2) : context.scalar(0),
    ],
    { centred: context.integer('center_point_box', 0) === 1 },
  );
};

const gridSample: Importer = (context) =>
  overImages(
    context,
    'gridSample',
    {
      mode: context.choice('mode', 'linear', 'bilinear', 'nearest', 'cubic', 'bicubic').replace(/^bi/, ''),
      outside: context.choice('padding_mode', 'zeros', 'border', 'reflection'),
      alignCorners: context.integer('align_corners', 0) === 1,
    },
    undefined,
    [1],
  );

const roiAlign: Importer = (context) => {
  const mode = context.choice('mode', 'avg', 'max');
  const coordinates = context.choice('coordinate_transformation_mode', 'half_pixel', 'output_half_pixel');
  const attributes = {
    rows: context.integer('output_height', 1),
    columns: context.integer('output_width', 1),
    samples: context.integer('sampling_ratio', 0),
    scale: context.float('spatial_scale', 1),
    halfPixel: context.opset >= 16 && coordinates === 'half_pixel',
    max: mode === 'max',
  };
  overImages(context, 'roiAlign', attributes, 4, [1, 2]);
};

/** @param inputs places of region, scales and sizes among the node's inputs; -1 for what it hasn't */
function resize(context: NodeContext, inputs: readonly number[], attributes: Parameters<NodeContext['emit']>[2]): void {
  const names = inputs.map((index) => context.optionalInput(index));
  context.emit('resize', [context.input(0), ...names], attributes);
}

/** Before operator set 11, as ONNX Runtime reads it. */
const asymmetric = (context: NodeContext) => ({
  mode: context.choice('mode', 'nearest', 'linear', 'bilinear', 'cubic').replace('bilinear', 'linear'),
  coordinates: 'asymmetric',
  nearest: 'outward',
});

const upsample: Importer = (context) => {
  if (context.opset >= 9) {
    context.input(1);
    resize(context, [-1, 1], asymmetric(context));
  } else if (context.opset >= 7)
    resize(context, [], { ...asymmetric(context), scales: context.requiredFloats('scales') });
  else throw context.unsupported('it has a scale each for height and width: convert the model to operator set 13');
};

const resizeAny: Importer = (context) => {
  if (!context.has(2) && !context.has(3)) context.input(context.opset < 11 ? 1 : 2);
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

export const vision: Record<string, Importer> = {
  GridSample: gridSample,
  NonMaxSuppression: nonMaxSuppression,
  Resize: resizeAny,
  RoiAlign: roiAlign,
  Upsample: upsample,
};
