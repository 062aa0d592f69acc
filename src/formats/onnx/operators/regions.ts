// ONNX operators that look at regions or given places of images.

import type { Importer } from '../context.js';
import { overImages } from './sampling.js';

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

const centerCropPad: Importer = (context) => {
  const axes = context.integers('axes');
  const extents = context.constantIntegers(1);
  if (extents) context.emit('centerCropPad', [context.input(0)], { axes, extents });
  else context.emit('centerCropPad', [context.input(0), context.input(1)], { axes });
};

export const regions: Record<string, Importer> = {
  CenterCropPad: centerCropPad,
  GridSample: gridSample,
  RoiAlign: roiAlign,
};
