// Grid sampling and region alignment as their definitions read, one channel of one point at a time, in float64.

export interface GridOptions {
  mode: 'nearest' | 'linear' | 'cubic';
  outside: 'zeros' | 'border' | 'reflection';
  alignCorners: boolean;
}

/** To the nearest whole number, halves to the even one. */
function rint(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function mirrored(x: number, low: number, high: number): number {
  let at = x;
  while ((at < low || at > high) && high > low) at = at < low ? 2 * low - at : 2 * high - at;
  return high > low ? at : low;
}

/** Keys' kernel with a = -0.75. */
function cubic(d: number): number {
  const [x, a] = [Math.abs(d), -0.75];
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** Pixels and weights of one axis for a place from -1 to 1. */
function taps(
  place: number,
  extent: number,
  { mode, outside, alignCorners }: GridOptions,
): [index: number, weight: number][] {
  const low = alignCorners ? 0 : -0.5;
  const high = extent - 1 - low;
  let x = alignCorners ? ((place + 1) / 2) * (extent - 1) : ((place + 1) * extent - 1) / 2;
  if (mode === 'nearest') x = rint(x);
  if (x < low || x > high) {
    if (outside === 'border') x = Math.min(extent - 1, Math.max(0, x));
    if (outside === 'reflection') x = mirrored(x, low, high);
  }
  if (mode === 'nearest') x = rint(x);
  const found: [number, number][] = [];
  for (let i = Math.floor(x) - 2; i <= Math.floor(x) + 3; i++) {
    const weight =
      mode === 'nearest' ? Number(i === x) : mode === 'linear' ? Math.max(0, 1 - Math.abs(i - x)) : cubic(i - x);
    if (weight === 0) continue;
    const within = Math.trunc(outside === 'reflection' ? mirrored(i, low, high) : i);
    const index = Math.min(extent - 1, Math.max(0, within));
    if (outside !== 'zeros' || index === i) found.push([index, weight]);
  }
  return found;
}

/** `x` `[N, ...spatial, C]` at the points of `grid` `[N, points, axes]`: `[N, points, C]`. */
export function gridSample(
  x: ArrayLike<number>,
  shape: readonly number[],
  grid: ArrayLike<number>,
  points: number,
  options: GridOptions,
): number[] {
  const [images, channels] = [shape[0], shape[shape.length - 1]];
  const spatial = shape.slice(1, -1);
  const axes = spatial.length;
  const values: number[] = [];
  for (let image = 0; image < images; image++)
    for (let point = 0; point < points; point++) {
      // The grid lists the last axis first.
      const of = spatial.map((extent, axis) =>
        taps(grid[(image * points + point) * axes + axes - 1 - axis], extent, options),
      );
      for (let c = 0; c < channels; c++) {
        const sum = (axis: number, pixel: number): number =>
          axis === axes
            ? x[pixel * channels + c]
            : of[axis].reduce(
                (total, [index, weight]) => total + weight * sum(axis + 1, pixel * spatial[axis] + index),
                0,
              );
        values.push(sum(0, image));
      }
    }
  return values;
}

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
