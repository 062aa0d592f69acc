// Tensors as pictures, to look at what augmentation does.

import { QuadlaneError } from '../../errors.js';
import { checkOptions } from '../../options.js';
import { formatShape } from '../../shape.js';
import type { Tensor } from '../../tensor.js';

/** Pixels as canvases (`new ImageData(data, width, height)`) and PNG encoders take them: red, green, blue, opacity. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface PreviewOptions {
  /** Values that are shown black and white. Default: 0 and 1. */
  range?: readonly [black: number, white: number];
  /** Images in a row of the picture. Default: all. */
  columns?: number;
}

/**
 * The images of a batch side by side.
 * @param images float32 `[N, H, W, C]`, C = 1 (grey) or 3
 * @throws QuadlaneError `SHAPE`
 */
export function preview(images: Tensor, options: PreviewOptions = {}): Picture {
  const { range = [0, 1], columns = images.shape[0] } = checkOptions('preview()', options, ['range', 'columns']);
  const [count, height, width, channels] = images.shape;
  if (images.shape.length !== 4 || (channels !== 1 && channels !== 3) || !(columns >= 1)) {
    throw new QuadlaneError(
      'SHAPE',
      `pictures are made of [N, H, W, 1] or [N, H, W, 3], not ${formatShape(images.shape)}`,
    );
  }
  const [rows, wide] = [Math.ceil(count / columns), columns * width];
  const data = new Uint8ClampedArray(rows * height * wide * 4);
  const shade = (index: number) => (255 * (Number(images.data[index]) - range[0])) / (range[1] - range[0]);
  for (let image = 0; image < count; image++) {
    const [top, left] = [Math.floor(image / columns) * height, (image % columns) * width];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const from = ((image * height + row) * width + column) * channels;
        const to = ((top + row) * wide + left + column) * 4;
        for (let c = 0; c < 3; c++) data[to + c] = shade(from + (channels === 3 ? c : 0));
        data[to + 3] = 255;
      }
    }
  }
  return { width: wide, height: rows * height, data };
}
