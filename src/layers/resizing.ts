// Layers that change the size of maps by interpolation.

import type { Attributes } from '../ops/operator.js';
import { resize } from '../ops/vision/resize.js';
import { oneOf } from '../options.js';
import { type PerAxis, perAxis } from '../windowOptions.js';
import { channelsOf } from './channels.js';
import { type Layer, type LayerOptions, unaryLayer } from './layer.js';

export interface ResizeOptions extends LayerOptions {
  /** `linear` takes pixel centres, as Keras's and PyTorch's bilinear (`align_corners=False`) do. Default: `nearest`. */
  interpolation?: 'nearest' | 'linear';
}

const modes: Record<'nearest' | 'linear', Attributes> = {
  nearest: { mode: 'nearest', coordinates: 'asymmetric', nearest: 'floor' },
  linear: { mode: 'linear', coordinates: 'half_pixel' },
};

function modeOf({ interpolation = 'nearest' }: ResizeOptions): Attributes {
  return modes[oneOf('interpolation', interpolation, ['nearest', 'linear'])];
}

export interface UpsamplingOptions extends ResizeOptions {
  /** Default: 2. */
  size?: PerAxis;
}

/** `[H, W, C]` enlarged by whole factors. */
export function upsampling2d(options: UpsamplingOptions = {}): Layer {
  return unaryLayer('upsampling2d', options, ['size', 'interpolation'], (builder, x) => {
    channelsOf(x, 2);
    const scales = perAxis('size', options.size ?? 2, 2);
    return builder.apply(resize, [x], { axes: [1, 2], scales, ...modeOf(options) });
  });
}

/** `[H, W, C]` to `[rows, columns, C]`, whatever the factors. */
export function resizing2d(size: PerAxis, options: ResizeOptions = {}): Layer {
  return unaryLayer('resizing2d', options, ['interpolation'], (builder, x) => {
    channelsOf(x, 2);
    const sizes = perAxis('size', size, 2);
    return builder.apply(resize, [x], { axes: [1, 2], sizes, ...modeOf(options) });
  });
}
