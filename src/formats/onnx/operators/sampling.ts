// ONNX operators that take elements from elsewhere in space: resizing, cropping, sampling at given places.

import type { Importer, NodeContext } from '../context.js';

/** Inputs from `first` on that are there, as far as the last one of them. */
function resize(context: NodeContext, inputs: readonly number[], attributes: Parameters<NodeContext['emit']>[2]): void {
  const names = inputs.map((index) => (context.has(index) ? context.input(index) : ''));
  while (names.at(-1) === '') names.pop();
  context.emit('resize', [context.input(0), ...names], attributes);
}

/** Before operator set 11, as ONNX Runtime reads it. */
const asymmetric = (context: NodeContext) => ({
  mode: context.text('mode', 'nearest').replace('bilinear', 'linear'),
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
  const coordinates = context.text('coordinate_transformation_mode', 'half_pixel');
  // Exporters write a region that only one mode reads.
  const region = coordinates === 'tf_crop_and_resize' ? 1 : -1;
  resize(context, [region, 2, 3], {
    mode: context.text('mode', 'nearest'),
    coordinates,
    nearest: context.text('nearest_mode', 'round_prefer_floor'),
    cubicCoefficient: context.float('cubic_coeff_a', -0.75),
    excludeOutside: context.integer('exclude_outside', 0) === 1,
    antialias: context.integer('antialias', 0) === 1,
    axes: context.integers('axes'),
    aspectRatio: context.text('keep_aspect_ratio_policy', 'stretch'),
    extrapolation: context.float('extrapolation_value', 0),
  });
};

export const sampling: Record<string, Importer> = {
  Resize: resizeAny,
  Upsample: upsample,
};
