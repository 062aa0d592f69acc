// Layers of 8-bit integers as ONNX defines them: channels first, one loop an axis, every sum an exact whole number, rounded once.

/** `[N, C, H, W]`. */
export type Shape4 = readonly [number, number, number, number];

export interface Windows {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Before rows, before columns, behind rows, behind columns. */
  readonly padding: readonly [number, number, number, number];
}

/** Rows and columns of the results. */
export function windowCount([, , rows, columns]: Shape4, { kernel, strides, dilations, padding }: Windows): number[] {
  return [rows, columns].map((extent, axis) => {
    const window = (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.floor((extent + padding[axis] + padding[axis + 2] - window) / strides[axis]) + 1;
  });
}

/** The elements of `x` that lie under a window of one channel, with their places in the kernel; those of the padding are left out. */
function underWindow(
  x: ArrayLike<number>,
  [, channels, rows, columns]: Shape4,
  [image, channel, row, column]: Shape4,
  { kernel, strides, dilations, padding }: Windows,
): { value: number; tap: number }[] {
  const found: { value: number; tap: number }[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    const h = row * strides[0] + i * dilations[0] - padding[0];
    if (h < 0 || h >= rows) continue;
    for (let j = 0; j < kernel[1]; j++) {
      const v = column * strides[1] + j * dilations[1] - padding[1];
      if (v < 0 || v >= columns) continue;
      const value = x[((image * channels + channel) * rows + h) * columns + v];
      found.push({ value, tap: i * kernel[1] + j });
    }
  }
  return found;
}

/** Calls `make` for each element of a result `[N, channels, rows, columns]`, in order. */
function eachElement([images, channels, rows, columns]: Shape4, make: (at: Shape4) => number): number[] {
  const result: number[] = [];
  for (let n = 0; n < images; n++)
    for (let c = 0; c < channels; c++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) result.push(make([n, c, row, column]));
  return result;
}

export interface IntegerFilters {
  /** `[O, C / groups, KH, KW]`. */
  readonly values: ArrayLike<number>;
  readonly filters: number;
  readonly groups: number;
  /** The integers that stand for 0: one, or one for each filter. */
  readonly zeros: readonly number[];
  readonly bias?: readonly number[];
}

/** Sums of a convolution of `x`, whose `xZero` stands for 0: the padding is of zeros. */
export function convolutionSums(
  x: ArrayLike<number>,
  shape: Shape4,
  xZero: number,
  { values, filters, groups, zeros, bias }: IntegerFilters,
  windows: Windows,
): number[] {
  const [rows, columns] = windowCount(shape, windows);
  const channels = shape[1] / groups;
  const taps = windows.kernel[0] * windows.kernel[1];
  return eachElement([shape[0], filters, rows, columns], ([n, o, row, column]) => {
    const first = Math.floor(o / (filters / groups)) * channels;
    let sum = bias?.[o] ?? 0;
    for (let c = 0; c < channels; c++)
      for (const { value, tap } of underWindow(x, shape, [n, first + c, row, column], windows))
        sum += (value - xZero) * (values[(o * channels + c) * taps + tap] - zeros[o % zeros.length]);
    return sum;
  });
}

/** What `reduce` makes of the elements under each window and of their number, the padding counted where it is told to be. */
export function pooled(
  x: ArrayLike<number>,
  shape: Shape4,
  windows: Windows,
  includePadding: boolean,
  reduce: (values: number[], count: number) => number,
): number[] {
  const [rows, columns] = windowCount(shape, windows);
  return eachElement([shape[0], shape[1], rows, columns], (at) => {
    const values = underWindow(x, shape, at, windows).map(({ value }) => value);
    return reduce(values, includePadding ? windows.kernel[0] * windows.kernel[1] : values.length);
  });
}

/** Sums of a product of `x` `[M, K]` and `w` `[K, N]`. */
export function productSums(
  x: ArrayLike<number>,
  [rows, depth]: readonly [number, number],
  xZero: number,
  w: ArrayLike<number>,
  columns: number,
  zeros: readonly number[],
  bias?: readonly number[],
): number[] {
  const result: number[] = [];
  for (let m = 0; m < rows; m++)
    for (let n = 0; n < columns; n++) {
      let sum = bias?.[n] ?? 0;
      for (let k = 0; k < depth; k++)
        sum += (x[m * depth + k] - xZero) * (w[k * columns + n] - zeros[n % zeros.length]);
      result.push(sum);
    }
  return result;
}

/** Tensors `[N, C, H, W]` one behind the other along C. */
export function joined(parts: readonly { data: readonly number[]; shape: Shape4 }[]): number[] {
  const [images] = parts[0].shape;
  const result: number[] = [];
  for (let n = 0; n < images; n++)
    for (const { data } of parts)
      result.push(...data.slice((n * data.length) / images, ((n + 1) * data.length) / images));
  return result;
}
