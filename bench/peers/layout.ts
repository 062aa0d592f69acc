// Channels first and last. Libraries differ in where they want the channels of an image.

/** `data` of `[1, H, W, C]` as `[1, C, H, W]`; other ranks stay as they are. */
export function toChannelsFirst(data: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length !== 4) return data;
  const [, height, width, channels] = shape;
  return swapAxes(data, height * width, channels);
}

/** `data` of `[1, C, H, W]` as `[1, H, W, C]`; other ranks stay as they are. */
export function toChannelsLast(data: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length !== 4) return data;
  const [, channels, height, width] = shape;
  return swapAxes(data, channels, height * width);
}

/** `[1, H, W, C]` as `[1, C, H, W]`; other ranks stay as they are. */
export function channelsFirstShape(shape: readonly number[]): readonly number[] {
  return shape.length === 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape;
}

/** `[rows, columns]` as `[columns, rows]`. */
export function swapAxes(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column];
  }
  return result;
}
