// Region alignment as its definition reads, one channel of one point at a time, in float64.

export interface RegionOptions {
  rows: number;
  columns: number;
  samples: number;
  scale: number;
  halfPixel: boolean;
  max: boolean;
}

/** `x` `[N, H, W, C]` in `regions` `[R, 4]` of `images` `[R]`: `[R, rows, columns, C]`. */
export function roiAlign(
  x: ArrayLike<number>,
  [, height, width, channels]: readonly number[],
  regions: ArrayLike<number>,
  images: ArrayLike<number>,
  { rows, columns, samples, scale, halfPixel, max }: RegionOptions,
): number[] {
  const values: number[] = [];
  const shift = halfPixel ? 0.5 : 0;
  /** The four weighted pixels around a place. */
  const around = (image: number, c: number, atY: number, atX: number): number[] => {
    if (atY < -1 || atY > height || atX < -1 || atX > width) return [0, 0, 0, 0];
    const [y, v] = [Math.min(height - 1, Math.max(0, atY)), Math.min(width - 1, Math.max(0, atX))];
    const pixel = (row: number, column: number) =>
      x[((image * height + Math.min(row, height - 1)) * width + Math.min(column, width - 1)) * channels + c];
    const [row, column] = [Math.floor(y), Math.floor(v)];
    const [b, r] = [y - row, v - column];
    return [
      (1 - b) * (1 - r) * pixel(row, column),
      (1 - b) * r * pixel(row, column + 1),
      b * (1 - r) * pixel(row + 1, column),
      b * r * pixel(row + 1, column + 1),
    ];
  };
  for (let region = 0; region < images.length; region++) {
    const [left, top, right, bottom] = [0, 1, 2, 3].map((i) => regions[region * 4 + i] * scale - shift);
    const [cellHeight, cellWidth] = [bottom - top, right - left].map(
      (size, axis) => (halfPixel ? size : Math.max(1, size)) / [rows, columns][axis],
    );
    const [down, across] = [cellHeight, cellWidth].map((size) => samples || Math.max(0, Math.ceil(size)));
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let c = 0; c < channels; c++) {
          const found: number[][] = [];
          for (let i = 0; i < down; i++)
            for (let j = 0; j < across; j++) {
              const y = top + (row + (i + 0.5) / down) * cellHeight;
              found.push(around(images[region], c, y, left + (column + (j + 0.5) / across) * cellWidth));
            }
          const all = found.flat();
          const mean = all.reduce((a, b) => a + b, 0) / Math.max(1, found.length);
          values.push(max && all.length > 0 ? Math.max(...all) : mean);
        }
  }
  return values;
}
