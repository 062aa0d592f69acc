// Pools over all cells of dense [images, cells, channels] tensors, in float64.

/** The cells of each image and channel. */
function columnsOf(x: ArrayLike<number>, images: number, cells: number, channels: number): number[][] {
  return Array.from({ length: images * channels }, (_, i) => {
    const [image, channel] = [Math.floor(i / channels), i % channels];
    return Array.from({ length: cells }, (_, cell) => x[(image * cells + cell) * channels + channel]);
  });
}

export function globalAveragePool(x: ArrayLike<number>, images: number, cells: number, channels: number): number[] {
  return columnsOf(x, images, cells, channels).map((column) => column.reduce((sum, value) => sum + value, 0) / cells);
}

export function globalMaxPool(x: ArrayLike<number>, images: number, cells: number, channels: number): number[] {
  return columnsOf(x, images, cells, channels).map((column) => Math.max(...column));
}
